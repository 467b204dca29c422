using System.Net.Sockets;
using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Http;

/// <summary>A connection to the engine, spoken to in HTTP/2, as SocketsHttpHandler sees it.</summary>
/// <param name="socket">The connection; closed with this.</param>
/// <param name="onLeaving">Called when the engine takes no further calls on it, or has ended it; maybe more than once.</param>
internal sealed class Http2Stream(Socket socket, Action onLeaving) : AsyncStream
{
    // Its exceptions are the ones that the handler knows how to take.
    private readonly NetworkStream _network = new(socket, ownsSocket: true);
    private GoAwayWatch _watch;

    // The handler reads for as long as there is something, which is always where both ends are fast.
    private Turns _turns = new(Turns.OfFrames);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await _network.ReadAsync(buffer, cancellationToken);
        if (!buffer.IsEmpty && (count == 0 || _watch.Sees(buffer.Span[..count]))) onLeaving();
        await _turns.YieldAfterAsync(count);
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _network.WriteAsync(buffer, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing) _network.Dispose();
        base.Dispose(disposing);
    }
}
