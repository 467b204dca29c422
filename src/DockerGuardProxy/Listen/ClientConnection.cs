using System.IO.Pipelines;
using System.Net.Sockets;
using DockerGuardProxy.Forward;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace DockerGuardProxy.Listen;

/// <summary>
/// One accepted connection: its transport, its way to the engine and its end. It stands between the transport and Kestrel's
/// HTTP layer because a FIN fires the transport's ConnectionClosed, on which that layer aborts an answer that a
/// half-closed client still waits for; here <see cref="BaseConnectionContext.ConnectionClosed"/> fires only when the
/// client can read no more.
/// </summary>
/// <remarks>
/// Invariant, under <c>_gate</c>: the token fires at most once, and never before a request that has come whole is with the
/// engine, as the engine itself would have read it from its own socket although its client has left.
/// </remarks>
internal sealed class ClientConnection : IAsyncDisposable
{
    private readonly ConnectionContext _connection;
    private readonly Socket _socket;
    private readonly DepartureWatch _watch;
    private readonly CancellationTokenSource _gone = new();
    private readonly CancellationTokenRegistration _registration;
    private readonly Lock _gate = new();
    private bool _hasLeft;
    private bool _disposed;

    public ClientConnection(ConnectionContext connection, EngineDialer dialer, DepartureWatch watch)
    {
        _connection = connection;
        _watch = watch;
        _socket = connection.Features.Get<IConnectionSocketFeature>()!.Socket;
        Transport = new ClientTransport(connection.Transport);
        Link = new EngineLink(dialer, this);
        var closed = connection.ConnectionClosed;
        connection.Transport = Transport;
        connection.ConnectionClosed = _gone.Token;
        connection.Features.Set(this);
        _registration = closed.UnsafeRegister(static state => ((ClientConnection)state!).OnInputEnded(), this);
    }

    public ClientTransport Transport { get; }

    public EngineLink Link { get; }

    /// <summary>True once the client has ended its sending side.</summary>
    public bool IsInputEnded { get; private set; }

    /// <summary>Fires when the client can read no more.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>Hands out the raw pipes for a hijacked stream.</summary>
    public IDuplexPipe TakeOver() => Transport.TakeOver();

    /// <summary>The request under way is wholly with the engine: what the client does from now on, the engine may see.</summary>
    public void OnDelivered()
    {
        lock (_gate)
        {
            if (!_hasLeft) return;
        }

        Leave();
    }

    /// <summary>Called now and then while the client is half-closed.</summary>
    public void LookForDeparture()
    {
        if (PeerState.IsGone(_socket)) OnLeft();
    }

    public async ValueTask DisposeAsync()
    {
        await _registration.DisposeAsync();
        _watch.Remove(this);
        lock (_gate) _disposed = true;
        Link.Dispose();
        _gone.Dispose();
    }

    private void OnInputEnded()
    {
        IsInputEnded = true;
        if (PeerState.IsGone(_socket))
        {
            OnLeft();
            return;
        }

        Link.OnClientInputEnded();
        lock (_gate)
        {
            if (_disposed) return;
            _watch.Add(this);
        }
    }

    private void OnLeft()
    {
        _watch.Remove(this);
        lock (_gate)
        {
            if (_hasLeft) return;
            _hasLeft = true;
        }

        if (Link.IsDelivered) Leave();
    }

    private void Leave()
    {
        lock (_gate)
        {
            // Cancel runs Kestrel's abort inline; it takes no lock of ours.
            if (_disposed) return;
            _gone.Cancel();
        }
    }
}
