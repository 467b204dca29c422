using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace DockerGuardProxy.Listen;

/// <summary>
/// The memory that Kestrel reads clients into and writes to them from: blocks of 4 KB as ever, and large ones while a long body is under way,
/// so that a gibibyte does not cost a system call for each 4 KB.
/// </summary>
/// <remarks>
/// Large blocks at all times were rejected: each caller that waits for a container would cost 13 KB more (measured), and there can be thousands.
/// Both kinds come from the process's own pool, the one that Kestrel's transport takes by default: blocks that were kept here between two long
/// bodies would be held for none, and blocks that were not would be garbage of each answer beyond a piece.
/// </remarks>
internal sealed class BodyPool : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    /// <summary>Bytes of a large block.</summary>
    public const int LargeSize = 64 * 1024;

    private int _longBodies;

    public override int MaxBufferSize => Shared.MaxBufferSize;

    /// <summary>Makes one, and has a transport use it.</summary>
    public static BodyPool UseIn(SocketTransportOptions transport)
    {
        // .NET 10 has the interface of a pool's factory and the option, and keeps the option to itself.
        var pool = new BodyPool();
        SetFactory(transport, pool);
        return pool;
    }

    /// <summary>A long body is under way from here on.</summary>
    public void BeginLongBody() => Interlocked.Increment(ref _longBodies);

    /// <summary>One of them has ended; once for each <see cref="BeginLongBody"/>.</summary>
    public void EndLongBody() => Interlocked.Decrement(ref _longBodies);

    MemoryPool<byte> IMemoryPoolFactory<byte>.Create(MemoryPoolOptions? options) => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) =>
        Shared.Rent(Volatile.Read(ref _longBodies) == 0 ? minBufferSize : Math.Max(minBufferSize, LargeSize));

    protected override void Dispose(bool disposing)
    {
        // The process's own pool outlives its users.
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_MemoryPoolFactory")]
    private static extern void SetFactory(SocketTransportOptions transport, IMemoryPoolFactory<byte> factory);
}
