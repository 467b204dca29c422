using System.Net;
using Microsoft.AspNetCore.Connections;

namespace DockerGuardProxy.Listen;

/// <summary>
/// An endpoint that nobody can connect to. Without TLS, Kestrel has one protocol for each endpoint and builds its layer only there; that a
/// connection speaks HTTP/2 is known only once it has said so, on a socket of HTTP/1.1.
/// </summary>
internal sealed class LayerEndPoint : EndPoint
{
    public override string ToString() => "http2";

    /// <summary>Listens where nobody comes.</summary>
    public IConnectionListener Listen() => new Nobody(this);

    private sealed class Nobody(EndPoint endPoint) : IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint { get; } = endPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await _end.Task.WaitAsync(cancellationToken);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _end.TrySetResult(null);
            return default;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
