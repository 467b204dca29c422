using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Listen;

/// <summary>
/// Writes to a client for Kestrel's HTTP layer: what was written between two flushes goes out in one piece, and a flush is complete once the
/// kernel has all of it, so that another lane can follow on the same socket.
/// </summary>
/// <remarks>A pipe with a loop that sends was rejected: nobody knows then when its last byte has left.</remarks>
internal sealed class SocketWriter(Socket socket) : PipeWriter
{
    private const int Usual = 4096;

    private byte[]? _block;
    private int _count;
    private bool _isBroken;

    // Kestrel's HTTP/2 writes what its streams have queued for as long as there is something.
    private Turns _turns = new(Turns.OfFrames);

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _count;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        var needed = _count + Math.Max(sizeHint, 1);
        if (_block is null)
        {
            _block = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Usual));
        }
        else if (_block.Length < needed)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, 2 * _block.Length));
            _block.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_block);
            _block = larger;
        }

        return _block.AsMemory(_count);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes) => _count += bytes;

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_block is not { } block) return new FlushResult(isCanceled: false, _isBroken);

        // Taken out first: Kestrel may write its last words while a flush of an answer waits for a client that does not read.
        var count = _count;
        (_block, _count) = (null, 0);
        try
        {
            for (var rest = block.AsMemory(0, count); !rest.IsEmpty && !_isBroken;)
                rest = rest[await socket.SendAsync(rest, SocketFlags.None, cancellationToken)..];
            ArrayPool<byte>.Shared.Return(block);
            await _turns.YieldAfterAsync(count);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The client reads no more: said as a pipe says it.
            _isBroken = true;
        }

        return new FlushResult(isCanceled: false, _isBroken);
    }

    public override void CancelPendingFlush()
    {
        // Kestrel cuts the connection right after, and with it the flush.
    }

    public override void Complete(Exception? exception = null)
    {
        // What was not flushed is Kestrel's to throw away; the socket is its connection's to close.
        if (Interlocked.Exchange(ref _block, null) is { } block) ArrayPool<byte>.Shared.Return(block);
        _count = 0;
    }
}
