using System.Net;
using Microsoft.AspNetCore.Connections;

namespace DockerGuardProxy.Listen;

/// <summary>
/// Counts the connections that have been accepted and not begun: Kestrel hands each to the thread pool, and until its turn there it is in
/// no list of ours. Its request may already be in its socket, so that a stop which does not know of it would lose a call.
/// </summary>
/// <param name="transport">What accepts.</param>
internal sealed class ArrivingConnections(IConnectionListenerFactory transport) : IConnectionListenerFactory
{
    private int _count;

    /// <summary>True while there is one. Once nobody accepts any more, each is begun within moments.</summary>
    public bool Any => Volatile.Read(ref _count) > 0;

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await transport.BindAsync(endpoint, cancellationToken), this);

    /// <summary>One of them is begun: whoever begins it has it in another list by now.</summary>
    public void OnBegun() => Interlocked.Decrement(ref _count);

    private sealed class Listener(IConnectionListener accepting, ArrivingConnections arriving) : IConnectionListener
    {
        public EndPoint EndPoint => accepting.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            var connection = await accepting.AcceptAsync(cancellationToken);
            if (connection is not null) Interlocked.Increment(ref arriving._count);
            return connection;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => accepting.UnbindAsync(cancellationToken);

        public ValueTask DisposeAsync() => accepting.DisposeAsync();
    }
}
