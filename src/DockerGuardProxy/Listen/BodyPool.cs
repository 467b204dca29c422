using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace DockerGuardProxy.Listen;

/// <summary>
/// The memory that Kestrel reads clients into and writes to them from: its own blocks of 4 KB, and large ones while a long body is under way,
/// so that a gibibyte does not cost a system call for each 4 KB.
/// </summary>
/// <remarks>
/// Large blocks at all times were rejected: each caller that waits for a container would cost 13 KB more (measured), and there can be thousands.
/// No more than <see cref="MaxFree"/> of them are kept, and none after the last long body.
/// </remarks>
internal sealed class BodyPool : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    /// <summary>Bytes of a large block.</summary>
    public const int LargeSize = 64 * 1024;

    /// <summary>Large blocks that are kept for the next: two long bodies' worth.</summary>
    private const int MaxFree = 8;

    private readonly MemoryPool<byte> _blocks;
    private readonly ConcurrentBag<Block> _free = [];
    private int _longBodies;

    private BodyPool(MemoryPool<byte> blocks) => _blocks = blocks;

    public override int MaxBufferSize => _blocks.MaxBufferSize;

    /// <summary>Makes one, and has a transport use it.</summary>
    public static BodyPool UseIn(SocketTransportOptions transport)
    {
        // .NET 10 has the interface of a pool's factory and the option, and keeps the option to itself.
        var pool = new BodyPool(Factory(transport).Create(null));
        SetFactory(transport, pool);
        return pool;
    }

    /// <summary>A long body is under way from here on.</summary>
    public void BeginLongBody() => Interlocked.Increment(ref _longBodies);

    /// <summary>One of them has ended; once for each <see cref="BeginLongBody"/>.</summary>
    public void EndLongBody()
    {
        if (Interlocked.Decrement(ref _longBodies) == 0) _free.Clear();
    }

    MemoryPool<byte> IMemoryPoolFactory<byte>.Create(MemoryPoolOptions? options) => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        if (Volatile.Read(ref _longBodies) == 0) return _blocks.Rent(minBufferSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, MaxBufferSize);
        return _free.TryTake(out var block) ? block : new Block(this);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _blocks.Dispose();
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_MemoryPoolFactory")]
    private static extern IMemoryPoolFactory<byte> Factory(SocketTransportOptions transport);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_MemoryPoolFactory")]
    private static extern void SetFactory(SocketTransportOptions transport, IMemoryPoolFactory<byte> factory);

    private sealed class Block(BodyPool pool) : IMemoryOwner<byte>
    {
        // Sockets pin what they are given; that which is made so is never moved.
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(LargeSize, pinned: true);

        public Memory<byte> Memory => _bytes;

        public void Dispose()
        {
            // More than wanted, by a race, does no harm.
            if (Volatile.Read(ref pool._longBodies) > 0 && pool._free.Count < MaxFree) pool._free.Add(this);
        }
    }
}
