using System.Net.Sockets;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Streams;

namespace DockerGuardProxy.Splice;

/// <summary>
/// The lane of calls that need no understanding: a client's own connection to the engine, dialled when first needed and closed with the client's.
/// Requests and answers pass as they came; of both only the framing is followed, so that it is known where the next head begins.
/// </summary>
/// <remarks>
/// (1) Route's loop begins a call; (2) <see cref="RequestWriter"/> sends its head, and its body as far as the framing goes; (3) meanwhile
/// <see cref="AnswerReader"/> passes the answer on, and says when it is whole, or has become a stream; (4) only then does the loop look at a next
/// head. Bytes of the engine that nobody asked for end both sides.
/// Invariant, under <c>_gate</c>: a call begins only while none is under way and the engine's connection goes on; each that began is ended once,
/// by its answer or by the end of the connection; there is a waiter only while a call is under way.
/// </remarks>
/// <param name="client">The client's connection.</param>
/// <param name="dialer">Opens the engine's.</param>
/// <param name="calls">Told what becomes of its calls.</param>
/// <param name="onFault">Told of a fault of ours; the connection is closed.</param>
internal sealed class SpliceLane(ClientConnection client, EngineDialer dialer, ISplicedCalls calls, Action<Exception> onFault) : IDeparting
{
    private readonly Lock _gate = new();
    private Socket? _engine;
    private AnswerReader? _reader;
    private volatile SpliceState _state;
    private bool _isCallOpen, _isElsewhere;
    private volatile bool _isSending;
    private SplicedCall _call;
    private TaskCompletionSource<SpliceEnd>? _waiter;

    /// <summary>True while no call is under way and one may begin.</summary>
    public bool IsIdle => _state == SpliceState.Idle;

    /// <summary>Begins a call: dials where there is no connection yet.</summary>
    /// <returns>False if the engine can't be reached; nothing was sent.</returns>
    /// <exception cref="OperationCanceledException">The client has left, or the connection has ended meanwhile.</exception>
    public async ValueTask<bool> BeginAsync(SplicedCall call)
    {
        if (Volatile.Read(ref _engine) is null && !await DialAsync()) return false;
        lock (_gate)
        {
            if (_state != SpliceState.Idle || _engine is null) throw new OperationCanceledException();
            _state = SpliceState.UnderWay;
            _isCallOpen = _isSending = true;
            _call = call;
            call.Stream?.Bind(_engine, CloseIf);
        }

        return true;
    }

    /// <summary>Waits for the end of the call under way, if there is one.</summary>
    /// <param name="ofStream">Also for that of a stream which it has become.</param>
    public ValueTask<SpliceEnd> AnsweredAsync(bool ofStream = false)
    {
        lock (_gate)
        {
            return _state switch
            {
                SpliceState.Idle => new(SpliceEnd.Answered),
                SpliceState.Stream when !ofStream => new(SpliceEnd.Stream),
                SpliceState.Closed => new(SpliceEnd.Closed),
                _ => new((_waiter = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task),
            };
        }
    }

    /// <summary>
    /// A call is in the other lane from here on, or is no more. Its client must get that answer, whatever becomes of the connection here: the
    /// next spliced call dials anew. False if the client has been told that its connection ends: it might send a call taken up now again.
    /// </summary>
    public bool SetElsewhere(bool isElsewhere)
    {
        lock (_gate)
        {
            _isElsewhere = isElsewhere;
            return _state == SpliceState.Idle;
        }
    }

    /// <summary>
    /// Leaves the call under way alone with the engine, whose connection is kept, half-closed, until <paramref name="onSeen"/> tells of its answer.
    /// <see cref="EndLeft"/> or <see cref="Close"/> follows. False if the answer has begun, part of the request is unsent, or it is another call.
    /// </summary>
    public bool TryLeave(long serial, Action onSeen)
    {
        Socket? engine;
        lock (_gate)
        {
            if (_state != SpliceState.UnderWay || _isSending || _call.Serial != serial || _reader?.TryLeave(onSeen) is not true) return false;
            (engine, _engine, _reader) = (_engine, null, null);
        }

        engine?.EndSending();
        return true;
    }

    /// <summary>The client of a call that was left has had another answer: the next call dials anew.</summary>
    public void EndLeft() => End(isLast: false);

    /// <summary>The client has ended its sending side: the engine learns it as it would on its own socket.</summary>
    public void OnInputEnded()
    {
        Socket? engine;
        lock (_gate) engine = _state is SpliceState.UnderWay or SpliceState.Stream or SpliceState.Closing ? _engine : null;
        engine?.EndSending();
    }

    /// <summary>The client can read no more.</summary>
    public void OnLeft()
    {
        bool isIdle;
        lock (_gate) isIdle = _state == SpliceState.Idle && !_isSending;
        if (!isIdle) Close();
    }

    /// <inheritdoc/>
    public void LookForDeparture()
    {
        if (Volatile.Read(ref _engine) is not { } engine || PeerState.IsGone(engine)) Close();
    }

    /// <summary>Closes both sides; whoever waits for them ends.</summary>
    public void Close() => CloseIf(null);

    /// <summary>The same; but for a call's stream only while that call is under way.</summary>
    private void CloseIf(ClientStream? only)
    {
        Socket? engine;
        lock (_gate)
        {
            if (_state == SpliceState.Closed || (only is not null && !(_isCallOpen && _call.Stream == only))) return;
            (_state, engine, _engine) = (SpliceState.Closed, _engine, null);
        }

        client.Departures.Remove(this);
        engine?.Dispose();
        client.Close();
        EndCall();
        lock (_gate) Wake(SpliceEnd.Closed);
    }

    /// <summary>True while bytes of the engine are those of an answer.</summary>
    internal bool IsAnswering => _state == SpliceState.UnderWay;

    /// <summary>The engine's connection; null while there is none.</summary>
    internal Socket? Engine => Volatile.Read(ref _engine);

    /// <summary>True while the request is being sent.</summary>
    internal bool IsSending => _isSending;

    /// <summary>What of the call under way matters for its answer.</summary>
    internal SplicedCall Call => _call;

    /// <summary>The engine has sent a 100: the body comes.</summary>
    internal void OnContinue()
    {
        lock (_gate) _call = _call with { WaitsFor100 = false };
    }

    /// <summary>The answer has gone to the client whole.</summary>
    /// <param name="isLast">The engine closes after it.</param>
    internal void OnAnswered(bool isLast)
    {
        Socket? unsure = null;
        lock (_gate)
        {
            if (_state != SpliceState.UnderWay) return;
            if (_isSending)
            {
                // The call goes on with its body, and ends with OnSent. A client that was not told to send it may send a next head in its place;
                // the engine is told that nothing follows.
                if (_call.WaitsFor100) unsure = _engine;
                _state = isLast || unsure is not null ? SpliceState.Closing : SpliceState.Idle;
            }
        }

        unsure?.EndSending();
        if (_state == SpliceState.UnderWay) End(isLast);
    }

    /// <summary>The request is sent, as far as it goes.</summary>
    internal void OnSent()
    {
        bool isOver;
        lock (_gate)
        {
            _isSending = false;
            isOver = _state is not (SpliceState.UnderWay or SpliceState.Stream);
        }

        if (isOver) EndCall();
    }

    /// <summary>The engine has granted a raw stream, and its head has gone to the client.</summary>
    internal void OnStream()
    {
        client.BecomeStream();
        lock (_gate)
        {
            if (_state != SpliceState.UnderWay) return;
            _state = SpliceState.Stream;
            Wake(SpliceEnd.Stream);
        }
    }

    /// <summary>The engine's connection has come to its end.</summary>
    /// <param name="engine">The connection.</param>
    /// <param name="isHalf">It was the end of what the engine sends, and not a fault.</param>
    internal void OnEngineEnded(Socket engine, bool isHalf)
    {
        bool isOfNoMatter;
        lock (_gate)
        {
            isOfNoMatter = _state == SpliceState.Idle && _isElsewhere;
            if (isOfNoMatter) _engine = null;
            else if (_state is SpliceState.Idle or SpliceState.UnderWay) _state = SpliceState.Closing;
        }

        if (isOfNoMatter)
        {
            engine.Dispose();
            return;
        }

        if (!isHalf || PeerState.IsGone(engine))
        {
            Close();
            return;
        }

        // The engine may wait for a client that is still sending to see its answer (net/http, closeWriteAndWait): so does the proxy.
        client.Socket.EndSending();
        lock (_gate) if (_state != SpliceState.Closed) client.Departures.Add(this);
    }

    private async ValueTask<bool> DialAsync()
    {
        if (await dialer.TryDialAsync(client.ThrowIfPeerGone) is not { } engine) return false;
        var reader = new AnswerReader(this, calls, client, engine);
        lock (_gate)
        {
            if (_state == SpliceState.Closed)
            {
                engine.Dispose();
                throw new OperationCanceledException();
            }

            (_engine, _reader) = (engine, reader);
        }

        _ = reader.RunAsync(onFault);
        return true;
    }

    /// <summary>The request's body has no end that both sides agree on: no further call begins here.</summary>
    internal void LeaveOff()
    {
        lock (_gate)
        {
            if (_state == SpliceState.Idle) _state = SpliceState.Closing;
            _call = _call with { IsLast = true };
        }
    }

    private void EndCall()
    {
        lock (_gate)
        {
            if (!_isCallOpen) return;
            _isCallOpen = false;
        }

        calls.OnEnded();
    }

    private void End(bool isLast)
    {
        EndCall();
        lock (_gate)
        {
            if (_state != SpliceState.UnderWay) return;
            _state = isLast || _call.IsLast ? SpliceState.Closing : SpliceState.Idle;
            if (_state == SpliceState.Idle) Wake(SpliceEnd.Answered);
        }
    }

    // Under the lock. Whoever waits goes on elsewhere.
    private void Wake(SpliceEnd end)
    {
        _waiter?.TrySetResult(end);
        _waiter = null;
    }
}
