using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace DockerGuardProxy.Listen;

/// <summary>
/// Accepts clients for Kestrel and hands their sockets on as they are. Kestrel's own transport would read each into pipes at once, through
/// which spliced bytes would have to go: an upload came to a third of its direct rate (measured).
/// </summary>
/// <param name="bind">Makes the socket that Kestrel asks for.</param>
/// <param name="time">Paces the retries.</param>
internal sealed class ClientListener(Func<EndPoint, Socket> bind, TimeProvider time) : IConnectionListenerFactory
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(10);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is LayerEndPoint layer) return new(layer.Listen());
        var socket = bind(endpoint);

        // The kernel cuts it down to net.core.somaxconn (listen(2)).
        socket.Listen(int.MaxValue);
        return new(new Accepting(socket, time));
    }

    private sealed class Accepting(Socket socket, TimeProvider time) : IConnectionListener
    {
        public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                try
                {
                    return new AcceptedConnection(await socket.AcceptAsync(cancellationToken), EndPoint);
                }
                catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
                {
                    return null;
                }
                catch (SocketException)
                {
                    // No descriptor is free, mostly. Whoever waits in the backlog has lost nothing, and the next may be let in.
                    await Task.Delay(RetryPause, time, cancellationToken);
                }
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            socket.Dispose();
            return default;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
