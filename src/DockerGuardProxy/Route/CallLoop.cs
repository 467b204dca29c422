using System.Net.Sockets;
using System.Runtime.CompilerServices;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard.Permits;
using DockerGuardProxy.Http;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Splice;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Route;

/// <summary>
/// The way of one client's calls, one at a time: (1) wait for a head; (2) wait until the call before is answered whole; (3) read the head; (4)
/// splice what is beyond doubt and needs no understanding; (5) give all else to Kestrel's HTTP layer. One that begins in HTTP/2 is Kestrel's whole.
/// </summary>
internal sealed class CallLoop : IClientExchange
{
    private readonly ClientConnection _client;
    private readonly HttpLayers _kestrel;
    private readonly EngineDialer _dialer;
    private readonly CountedCalls _counted;
    private readonly ILogger _logger;
    private readonly ClientBuffer _buffer = new();
    private readonly SpliceLane _splice;
    private readonly RequestWriter _requests;
    private HttpLane? _http;
    private Http2Opening? _opening;
    private bool _isFirst = true;
    private EngineLink? _link;

    public CallLoop(ClientConnection client, HttpLayers kestrel, EngineDialer dialer, CountedCalls counted, ILogger logger)
    {
        _client = client;
        _kestrel = kestrel;
        _dialer = dialer;
        _counted = counted;
        _logger = logger;
        _splice = new SpliceLane(client, dialer, counted, OnFault);
        counted.Begin(_splice);
        _requests = new RequestWriter(_splice, client);
        client.Begin(this);
    }

    /// <summary>Serves the client until its connection ends.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (await ServeOneAsync())
            {
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Either side is gone.
        }
        catch (Exception e)
        {
            OnFault(e);
        }
        finally
        {
            if (!_counted.TryLeave()) _splice.Close();
            _counted.EndWatch();
            if (_http is { } http)
            {
                http.EndInput();
                Leave();
                await http.Serving;
            }

            _buffer.Drop();
        }
    }

    /// <inheritdoc/>
    public void OnInputEnded()
    {
        _link?.OnInputEnded();
        _splice.OnInputEnded();
    }

    /// <inheritdoc/>
    public void OnLeft()
    {
        Volatile.Read(ref _opening)?.Close();
        if (!_counted.TryLeave()) _splice.OnLeft();
    }

    /// <inheritdoc/>
    public void OnCut()
    {
        Volatile.Read(ref _opening)?.Close();
        _splice.Close();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ServeOneAsync()
    {
        // 1. While the answer before is on its way, this is also how the end of the client's input is seen.
        if (_buffer.IsEmpty)
        {
            do
            {
                await _client.Socket.WaitReadableAsync();
            }
            while ((!_splice.IsIdle || _http is { IsUnderWay: true }) && !LookAtInput());
        }
        else if (_http is { IsUnderWay: true })
        {
            _client.WatchForDeparture();
        }

        // 2.
        switch (await _splice.AnsweredAsync())
        {
            case SpliceEnd.Closed:
                return false;
            case SpliceEnd.Stream:
                await _requests.SendStreamAsync(_buffer);
                await _splice.AnsweredAsync(ofStream: true);
                return false;
        }

        if (_http is { } http)
        {
            if (!await http.AnsweredAsync()) return false;
            _client.EndWatch();
            _splice.SetElsewhere(false);
        }

        if (_buffer.IsEmpty && await _buffer.ReceiveAsync(_client.Socket) == 0) return false;

        // 3.
        _client.BeginRequest();
        RequestScan head = default;
        RequestOutcome outcome;
        var isInputEnded = false;
        while ((outcome = head.Read(_buffer.Bytes)) == RequestOutcome.Incomplete && !isInputEnded)
            isInputEnded = await _buffer.ReceiveAsync(_client.Socket) == 0;
        if (outcome == RequestOutcome.Http2 && _isFirst)
        {
            Volatile.Write(ref _opening, new Http2Opening(_client, _buffer, _dialer));
            await _opening!.ServeAsync(_kestrel.Http2);
            return false;
        }

        // 4.
        _isFirst = false;
        var hasEnd = outcome is RequestOutcome.Plain or RequestOutcome.OddBounded;
        if (_client.HasEndedInput && (outcome == RequestOutcome.Incomplete || (hasEnd && !await HasBodyAsync(head)))) return false;
        var call = hasEnd ? Match(head) : default;
        if (outcome == RequestOutcome.Plain && call.Lane == Lane.Splice)
        {
            var permit = call.Row is { IsCounted: true } counted
                ? await _counted.AskAsync(counted, _counted.TargetOf(_buffer.Bytes[head.Target]))
                : PermitOutcome.Send;
            if (permit.Kind != PermitOutcomeKind.Send) return await AnswerAsync(permit, head);
            if (await SpliceAsync(head, call.Row)) return true;
        }

        // 5. Where a stream may be granted, what follows the request may be part of that.
        var isBounded = hasEnd && !head.HasUpgrade && call.Row is not { MayHijack: true };
        return await ServeHttpAsync(isBounded ? head.Length : 0, isBounded ? head.Framing : Framing.UntilClose, isInputEnded);
    }

    /// <summary>
    /// A call of which the stop has let in no more than a part is not begun: the engine would answer as to one that its client has broken off, and
    /// its client would take that for its answer. It sees the end instead, as on a connection that it opens a moment later.
    /// </summary>
    private ValueTask<bool> HasBodyAsync(RequestScan head) => _buffer.ReceiveBodyAsync(_client.Socket, head.Length, head.Framing);

    /// <summary>There may be something to be read while a call is under way: a next head, which has to wait, or the end.</summary>
    /// <returns>False if there is nothing yet.</returns>
    private bool LookAtInput()
    {
        switch (_client.Socket.Look())
        {
            case InputState.Nothing:
                return false;
            case InputState.End:
                if (_http is { IsUnderWay: true } http) http.EndInput();
                _client.OnInputEnded();
                return true;
            default:
                // Behind a next head its end can't be seen, and nobody is to be held who has left.
                if (_http is { IsUnderWay: true }) _client.WatchForDeparture();
                return true;
        }
    }

    /// <returns>False if the engine can't be reached; nothing was sent.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> SpliceAsync(RequestScan head, CallRow? row)
    {
        _client.BeginSpliced();
        var isHead = _buffer.Bytes[head.Method].SequenceEqual("HEAD"u8);
        var waitsFor100 = head.ExpectsContinue && !head.Framing.IsComplete;
        var call = new SplicedCall(isHead, row is { MayHijack: true }, waitsFor100) { Serial = _counted.Serial };
        if (WatchedCall.IsOf(row)) call = _counted.Watch(call, row!, _counted.TargetOf(_buffer.Bytes[head.Target]));
        if (!await _splice.BeginAsync(call))
        {
            // Kestrel's lane says so in Docker's form.
            _counted.OnEnded();
            return false;
        }

        await _requests.SendAsync(_buffer, head.Length, head.Framing);
        return true;
    }

    /// <summary>Answers a call that must not be sent, in the guard's name.</summary>
    /// <returns>False if the connection ends with it.</returns>
    private async ValueTask<bool> AnswerAsync(PermitOutcome outcome, RequestScan head)
    {
        if (outcome.Kind == PermitOutcomeKind.Left) return false;
        var isHead = _buffer.Bytes[head.Method].SequenceEqual("HEAD"u8);
        var framing = head.Framing;
        _buffer.Consume(head.Length + framing.Follow(_buffer.Bytes[head.Length..]));
        await _client.Socket.SendAllAsync(PermitAnswer.Write(outcome, isHead, isLast: !framing.IsComplete));
        _client.EndSpliced();
        return framing.IsComplete;
    }

    private async ValueTask<bool> ServeHttpAsync(int length, Framing framing, bool isInputEnded)
    {
        if (!_splice.SetElsewhere(true)) return false;
        var lane = OpenHttp();
        if (!lane.TryBegin()) return false;

        var count = length + framing.Follow(_buffer.Bytes[length..]);
        while (true)
        {
            if (framing.IsBroken) (framing, count) = (Framing.UntilClose, _buffer.Bytes.Length);
            if (!await lane.ShowAsync(_buffer.Memory[..count])) return false;
            _buffer.Consume(count);
            if (framing.IsComplete)
            {
                lane.Fence();
                return true;
            }

            if (!isInputEnded)
            {
                await _client.Socket.WaitReadableAsync();
                isInputEnded = await _buffer.ReceiveAsync(_client.Socket) == 0;
            }

            if (isInputEnded)
            {
                lane.EndInput();
                _client.OnInputEnded();
                await lane.Serving;
                return false;
            }

            count = framing.Follow(_buffer.Bytes);
        }
    }

    private HttpLane OpenHttp()
    {
        if (_http is { } open) return open;
        _link = new EngineLink(_dialer, _client);
        _client.Features.Set(_link);
        return _http = new HttpLane(_client, _kestrel.Http1, OnFault);
    }

    /// <summary>What the table knows of the call. A fault of ours sends it where it is understood.</summary>
    private CallMatch Match(in RequestScan head)
    {
        try
        {
            return CallTable.Docker.Match(_buffer.Bytes[head.Method], _buffer.Bytes[head.Target]);
        }
        catch (Exception e)
        {
            OnFault(e);
            return default;
        }
    }

    private void Leave()
    {
        try
        {
            _client.OnLeft();
        }
        catch (Exception e)
        {
            // Runs what Kestrel and the guard have registered; what is left of the connection still has to be waited for.
            OnFault(e);
        }
    }

    private void OnFault(Exception cause) => ListenLog.Fault(_logger, cause);
}
