using System.IO.Pipelines;
using System.Net.Sockets;
using DockerGuardProxy.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Listen;

/// <summary>
/// One accepted connection: its socket, its end, and its part in the server's stop. Both lanes share it; only one of them has a call at a time.
/// </summary>
/// <remarks>
/// <para>
/// A half-closed client still waits for its answer, and Kestrel's HTTP layer would abort that on a FIN: its connection's token fires only when
/// the client can read no more.
/// </para>
/// <para>
/// Invariant, under <c>_gate</c>: the token fires at most once, and never before a request that has come whole is delivered, as
/// the engine itself would have read it from its own socket although its client has left.
/// </para>
/// </remarks>
internal sealed class ClientConnection : IDeparting, IDisposable
{
    private readonly AcceptedConnection _accepted;
    private readonly TimeProvider _time;
    private readonly DepartureWatch _watch;
    private readonly OneShotToken _gone = new();
    private readonly StopNotice _stop;
    private readonly CallTimes _call;
    private readonly Lock _gate = new();
    private IClientExchange? _exchange;
    private ClientTransport? _transport;
    private OpenStreams? _streams;
    private bool _hasLeft;
    private bool _isDelivered;
    private bool _disposed;
    private bool _isStream;

    public ClientConnection(AcceptedConnection accepted, DepartureWatch watch, TimeProvider time, ILogger logger)
    {
        _watch = watch;
        _time = time;
        _accepted = accepted;
        _call = new CallTimes(time);
        _stop = new StopNotice(accepted.Features.Get<IConnectionLifetimeNotificationFeature>()!, Socket, time, logger);
        accepted.Features.Set<IConnectionLifetimeNotificationFeature>(_stop);
        accepted.OnAbort = Cut;
    }

    public Socket Socket => _accepted.Socket;

    public IFeatureCollection Features => _accepted.Features;

    /// <summary>Looks after peers whose departure raises no event.</summary>
    public DepartureWatch Departures => _watch;

    /// <summary>What Kestrel reads and writes; there once a call takes the HTTP lane.</summary>
    public ClientTransport Transport => _transport!;

    /// <summary>True once the stop of this server, not the client, has ended the client's sending; not while a request is under way.</summary>
    public bool HasEndedInput => _stop.HasEndedInput;

    /// <summary>True once the client has ended its sending side.</summary>
    public bool IsInputEnded { get; private set; }

    /// <summary>Fires when the client can read no more.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>Who it is; asks the kernel.</summary>
    public PeerCredentials? Peer => PeerCredentials.Of(Socket);

    /// <summary>True once the client has closed its socket; asks the kernel.</summary>
    public bool IsPeerGone => PeerState.IsGone(Socket);

    /// <exception cref="OperationCanceledException">The client has closed its socket.</exception>
    public void ThrowIfPeerGone()
    {
        if (IsPeerGone) throw new OperationCanceledException();
    }

    /// <summary>True while no call is under way, or one that is likely to be answered within moments.</summary>
    public bool IsBrief
    {
        get
        {
            if (Volatile.Read(ref _streams) is { } streams) return streams.AnyBrief;
            return !Volatile.Read(ref _isStream) && _transport is not { IsTaken: true } && _call.IsBriefSince(_transport?.AnswerBegan ?? 0);
        }
    }

    /// <summary>Has <paramref name="exchange"/> told what happens to the connection; once, before anything can.</summary>
    public void Begin(IClientExchange exchange) => _exchange = exchange;

    /// <summary>Opens the HTTP lane, once: the connection for Kestrel's HTTP layer.</summary>
    /// <param name="raw">What is shown to Kestrel, and its way to the client.</param>
    /// <param name="onAsked">Called when Kestrel, having answered, asks for a next head; with the bytes that it has consumed in all.</param>
    public ConnectionContext OpenHttp(IDuplexPipe raw, Action<long> onAsked)
    {
        _transport = new ClientTransport(raw, _stop, onAsked, _time);
        return new ClientContext(_accepted, _transport, _gone.Token);
    }

    /// <summary>Hands the connection to Kestrel's HTTP/2, for good: its calls begin and end by themselves, and any of them may be left.</summary>
    /// <param name="raw">What is shown to Kestrel, and its way to the client.</param>
    /// <param name="streams">The calls.</param>
    public ConnectionContext OpenHttp2(IDuplexPipe raw, OpenStreams streams)
    {
        Volatile.Write(ref _streams, streams);
        Deliver();

        // A stop is told at once: its word, GOAWAY, loses no call that is on its way.
        _stop.BeginAnswer();
        return new ClientContext(_accepted, raw, _gone.Token);
    }

    /// <summary>Has the client told that its connection takes no more calls than those under way; once it speaks HTTP/2.</summary>
    public void RequestClose() => _stop.RequestClose();

    /// <summary>The first bytes of a head have come.</summary>
    public void BeginRequest() => _stop.BeginRequest();

    /// <summary>A call is spliced from here on.</summary>
    public void BeginSpliced()
    {
        _call.Begin();
        _stop.BeginSpliced();
    }

    /// <summary>The first byte of its answer goes to the client.</summary>
    public void BeginSplicedAnswer() => _call.BeginAnswer();

    /// <summary>It has become a stream without end.</summary>
    public void BecomeStream() => Volatile.Write(ref _isStream, true);

    /// <summary>Its answer has gone to the client whole.</summary>
    public void EndSpliced()
    {
        _call.End();
        _stop.EndAnswer();
    }

    /// <summary>A head has come whole, and the application answers it.</summary>
    public void BeginAnswer(bool isHttp10)
    {
        _call.Begin();
        Transport.BeginAnswer(isHttp10);
    }

    /// <summary>The HTTP lane's request is over, its body too.</summary>
    public void EndRequest() => _stop.EndAnswer();

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
        _call.End();
        lock (_gate) _isDelivered = false;
    }

    /// <summary>
    /// The input has come to its end. Whoever reads it says so, once, and not while bytes wait in front of the end: the engine's own
    /// server does not see a FIN behind a further request either.
    /// </summary>
    public void OnInputEnded()
    {
        // What the proxy itself has ended is no word of the client's, and none for the engine.
        IsInputEnded = !HasEndedInput;
        if (IsPeerGone)
        {
            OnLeft();
            return;
        }

        if (IsInputEnded) _exchange?.OnInputEnded();
        WatchForDeparture();
    }

    /// <summary>Has the client's departure looked for, where reading can't tell of it.</summary>
    public void WatchForDeparture()
    {
        lock (_gate)
        {
            if (!_disposed) _watch.Add(this);
        }
    }

    /// <summary>Reading can tell of it again.</summary>
    public void EndWatch() => _watch.Remove(this);

    /// <inheritdoc/>
    public void LookForDeparture()
    {
        if (IsPeerGone) OnLeft();
    }

    /// <summary>Closes the socket: whoever waits for it ends.</summary>
    public void Close() => Socket.Dispose();

    public void Dispose()
    {
        _stop.Dispose();
        lock (_gate) _disposed = true;
        _watch.Remove(this);
        _gone.Dispose();
        Close();
    }

    /// <summary>The client can read no more.</summary>
    public void OnLeft()
    {
        bool isNews;
        lock (_gate)
        {
            isNews = !_hasLeft && _isDelivered;
            _hasLeft = true;
        }

        // Each time: the lanes may have had no call when it was first seen.
        _exchange?.OnLeft();

        // Runs Kestrel's abort inline.
        if (isNews) _gone.Fire();
    }

    private void Cut()
    {
        _exchange?.OnCut();
        OnLeft();
        Close();
    }
}
