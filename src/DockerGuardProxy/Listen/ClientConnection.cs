using System.IO.Pipelines;
using System.Net.Sockets;
using DockerGuardProxy.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Listen;

/// <summary>
/// One accepted connection: its transport and its end. It stands between the transport and Kestrel's
/// HTTP layer because a FIN fires the transport's ConnectionClosed, on which that layer aborts an answer that a
/// half-closed client still waits for; that of <see cref="Context"/> fires only when the client can read no more.
/// </summary>
/// <remarks>
/// Invariant, under <c>_gate</c>: the token fires at most once, and never before a request that has come whole is delivered, as
/// the engine itself would have read it from its own socket although its client has left.
/// </remarks>
internal sealed class ClientConnection : IAsyncDisposable
{
    /// <summary>From the first byte of an answer on; one that takes longer is a stream.</summary>
    private static readonly TimeSpan BriefAnswer = TimeSpan.FromMilliseconds(100);

    /// <summary>From a whole head on. A start or create takes up to a second on a busy engine.</summary>
    private static readonly TimeSpan BriefCall = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly Socket _socket;
    private readonly DepartureWatch _watch;
    private readonly OneShotToken _gone = new();
    private readonly CancellationTokenRegistration _registration;
    private readonly StopNotice _stop;
    private readonly IClientExchange _exchange;
    private readonly Lock _gate = new();
    private bool _hasLeft;
    private bool _isDelivered;
    private bool _disposed;

    // Timestamps, 0 for none; written by the connection's own call, read at the server's stop.
    private long _callBegan;

    public ClientConnection(
        ConnectionContext connection, IClientApplication application, BodyPool pool, DepartureWatch watch, TimeProvider time, ILogger logger)
    {
        Pool = pool;
        _watch = watch;
        _time = time;
        _socket = connection.Features.Get<IConnectionSocketFeature>()!.Socket;
        _stop = new StopNotice(connection.Features.Get<IConnectionLifetimeNotificationFeature>()!, _socket, time, logger);
        connection.Features.Set<IConnectionLifetimeNotificationFeature>(_stop);
        Transport = new ClientTransport(connection.Transport, _stop, time);
        connection.Features.Set(this);
        Context = new ClientContext(connection, Transport, _gone.Token);
        _exchange = application.Begin(this);
        _registration = connection.ConnectionClosed.UnsafeRegister(static state => ((ClientConnection)state!).OnInputEnded(), this);
    }

    /// <summary>The connection for Kestrel's HTTP layer.</summary>
    public ConnectionContext Context { get; }

    public ClientTransport Transport { get; }

    /// <summary>The memory of the server's connections.</summary>
    public BodyPool Pool { get; }

    /// <summary>True once the client has ended its sending side.</summary>
    public bool IsInputEnded { get; private set; }

    /// <summary>Fires when the client can read no more.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>Who it is; asks the kernel.</summary>
    public PeerCredentials? Peer => PeerCredentials.Of(_socket);

    /// <summary>True once the client has closed its socket; asks the kernel.</summary>
    public bool IsPeerGone => PeerState.IsGone(_socket);

    /// <summary>True while no call is under way, or one that is likely to be answered within moments.</summary>
    public bool IsBrief
    {
        get
        {
            if (Volatile.Read(ref _callBegan) is var began && began == 0) return true;
            if (Transport.IsTaken) return false;
            var answerBegan = Transport.AnswerBegan;
            return answerBegan == 0 ? _time.GetElapsedTime(began) < BriefCall : _time.GetElapsedTime(answerBegan) < BriefAnswer;
        }
    }

    /// <summary>A head has come whole, and the application answers it.</summary>
    public void BeginAnswer(bool isHttp10)
    {
        Volatile.Write(ref _callBegan, _time.GetTimestamp());
        Transport.BeginAnswer(isHttp10);
    }

    /// <summary>Hands out the raw pipes for a hijacked stream.</summary>
    public IDuplexPipe TakeOver() => Transport.TakeOver();

    /// <summary>The request under way is wholly taken up: its client may leave from now on, and whoever serves it learns so.</summary>
    public void Deliver()
    {
        lock (_gate)
        {
            _isDelivered = true;
            if (!_hasLeft) return;
        }

        _gone.Fire();
    }

    /// <summary>The request under way is answered.</summary>
    public void EndAnswer()
    {
        Transport.EndAnswer();
        Volatile.Write(ref _callBegan, 0);
        lock (_gate) _isDelivered = false;
    }

    /// <summary>Called now and then while the client is half-closed.</summary>
    public void LookForDeparture()
    {
        if (IsPeerGone) OnLeft();
    }

    public async ValueTask DisposeAsync()
    {
        await _registration.DisposeAsync();
        _stop.Dispose();
        _watch.Remove(this);
        lock (_gate) _disposed = true;
        _exchange.Dispose();
        _gone.Dispose();
    }

    private void OnInputEnded()
    {
        // What the proxy itself has ended is no word of the client's, and none for the engine.
        IsInputEnded = !_stop.HasEndedInput;
        if (IsPeerGone)
        {
            OnLeft();
            return;
        }

        if (IsInputEnded) _exchange.OnInputEnded();
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
            if (!_isDelivered) return;
        }

        // Runs Kestrel's abort inline.
        _gone.Fire();
    }
}
