using System.Net.Sockets;

namespace DockerGuardProxy.Http;

/// <summary>A connection to the engine, spoken to in HTTP/2, as SocketsHttpHandler sees it.</summary>
/// <param name="socket">The connection; closed with this.</param>
/// <param name="onLeaving">Called when the engine takes no further calls on it, or has ended it; maybe more than once.</param>
internal sealed class Http2Stream(Socket socket, Action onLeaving) : Stream
{
    // Its exceptions are the ones that the handler knows how to take.
    private readonly NetworkStream _network = new(socket, ownsSocket: true);
    private GoAwayWatch _watch;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await _network.ReadAsync(buffer, cancellationToken);
        if (!buffer.IsEmpty && (count == 0 || _watch.Sees(buffer.Span[..count]))) onLeaving();
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _network.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _network.Dispose();
        base.Dispose(disposing);
    }
}
