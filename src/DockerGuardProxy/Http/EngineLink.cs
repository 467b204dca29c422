using System.Buffers;
using System.Net.Sockets;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Streams;
using Microsoft.AspNetCore.Http;

namespace DockerGuardProxy.Http;

/// <summary>
/// The way to the engine of a call in the HTTP lane: a connection of its own, dialled when its head is to be sent and closed with its answer, so that
/// the engine sees of the client what it would see on its own socket: half-close, departure.
/// </summary>
/// <remarks>
/// <para>
/// SocketsHttpHandler parses and frames the answers. Requests it can't send as a Docker client does: it would finish a body
/// before it reads the answer (<c>docker load</c> reports progress meanwhile, an early refusal would be lost), has no
/// place for hijack requests with a body, and rewrites targets and headers. So it is given a bare
/// request, and <see cref="EngineStream"/> sends the client's own head in place of its stand-in; the body follows from
/// <see cref="RequestBody"/> while the answer is read.
/// </para>
/// <para>
/// A shared pool of connections was rejected: it hides half-close and departures from the engine, and a connection that
/// died in the pool fails a request that its client never saw fail. So was one that is kept for the client's next call in this lane: those
/// are few, and a client that mixes both lanes would hold two descriptors of the engine.
/// </para>
/// </remarks>
internal sealed class EngineLink : IEngineExchange, IEngineWay
{
    private readonly EngineDialer _dialer;
    private readonly ArrayBufferWriter<byte> _head = new(512);
    private readonly Lock _gate = new();
    private HttpMessageInvoker? _invoker;
    private EngineStream? _stream;
    private RequestBody? _body;
    private AnswerHead? _answerHead;
    private bool _headSent;
    private bool _waitsForContinue;
    private volatile bool _delivered;

    public EngineLink(EngineDialer dialer, ClientConnection client)
    {
        _dialer = dialer;
        Client = client;
    }

    /// <summary>The client's connection.</summary>
    public ClientConnection Client { get; }

    /// <inheritdoc/>
    public string EnginePath => _dialer.Path;

    /// <inheritdoc/>
    public PeerCredentials? Peer => Client.Peer;

    /// <inheritdoc/>
    public string? TargetAsSent => Client.Transport.TargetAsSent;

    /// <inheritdoc/>
    public string? HostAsSent => Client.Transport.HostAsSent;

    /// <summary>True while a request is wholly with the engine.</summary>
    public bool IsDelivered => _delivered;

    /// <inheritdoc/>
    public bool WatchesAnswer => _answerHead is not null || _waitsForContinue;

    /// <summary>The connection under way; null before the request's head is sent.</summary>
    public EngineStream? Stream => _stream;

    /// <summary>The bytes of the answer's head as they came, if they were asked for.</summary>
    public AnswerHead? AnswerHead => _answerHead;

    public RequestBody? Body => _body;

    /// <summary>What the request under way will change in the index if the engine agrees; null for most.</summary>
    public IAnswerWatch? Change { get; private set; }

    /// <summary>The request's place among those whose bytes may wait for their client; null for most.</summary>
    public ClientStream? Watched { get; set; }

    /// <summary>
    /// Asked when the connection is about to be closed: what is to be done once the engine has answered on it or closed it, if it is to stay open for
    /// that; null if not.
    /// </summary>
    public Func<Action?>? OnLeaving { get; set; }

    /// <summary>By what the call under way may be interrupted; null for most.</summary>
    public Interruption? Interruption { get; set; }

    public HttpMessageInvoker Invoker => _invoker ??= EngineHandler.Create(ConnectAsync);

    /// <inheritdoc/>
    public void BeginCall(HttpContext http)
    {
        if (Client.Transport.MethodAsSent is { } method) http.Request.Method = method;
        Client.BeginAnswer(HttpProtocol.IsHttp10(http.Request.Protocol));
    }

    /// <inheritdoc/>
    public bool Accepts(HttpContext http) => true;

    /// <inheritdoc/>
    public void Deliver() => Client.Deliver();

    /// <inheritdoc/>
    public void EndCall() => Client.EndAnswer();

    /// <summary>Takes up a request.</summary>
    /// <param name="http">The request; used until <see cref="EndAsync"/>.</param>
    /// <param name="target">Its target as it came.</param>
    /// <param name="body">Its body; null if it has none.</param>
    /// <param name="change">What it will change in the index; null for most.</param>
    public void Begin(HttpContext http, string target, RequestBody? body, IAnswerWatch? change)
    {
        Change = change;
        _head.ResetWrittenCount();
        RequestHead.Write(http, target, Client.Transport.HostAsSent, _head);
        _headSent = false;
        _body = body;
        _answerHead = Hijack.IsPossible(http.Request, target) ? new AnswerHead() : null;
        // net/http goes by the first such field, also where that is empty (Request.expectsContinue): it would wait for the body, and say no 100.
        _waitsForContinue = body is { IsRead: false } && http.Request.Headers.Expect is { Count: > 0 } expect
            && string.Equals(expect[0], "100-continue", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Sends the head, once: SocketsHttpHandler would send again what failed before an answer.</summary>
    /// <exception cref="IOException">It was sent before and must not be sent again.</exception>
    public async ValueTask SendHeadAsync(EngineStream stream, CancellationToken cancellationToken)
    {
        ThrowIfSent();
        _headSent = true;
        _stream = stream;
        await stream.SendAsync(_head.WrittenMemory, cancellationToken);

        if (_body is null) OnDelivered();
        else if (!_waitsForContinue) _body.Start(stream.Socket, OnDelivered, Client.Deliver);
    }

    /// <inheritdoc/>
    public void OnAnswerBytes(ReadOnlySpan<byte> bytes)
    {
        if (_waitsForContinue)
        {
            // The engine sends 100 by itself, when its handler first reads the body (net/http expectContinueReader).
            _waitsForContinue = false;
            if (bytes.StartsWith("HTTP/1.1 100"u8))
            {
                _body!.Start(_stream!.Socket, OnDelivered, Client.Deliver);
                return;
            }
        }

        _answerHead?.Append(bytes);
    }

    /// <inheritdoc/>
    public bool MayLeave => OnLeaving is not null;

    /// <inheritdoc/>
    public bool TryLeave(Socket socket)
    {
        if (!IsDelivered || OnLeaving?.Invoke() is not { } onSeen) return false;
        Client.Departures.Add(new LeftCall(socket, Client.Departures, onSeen));
        return true;
    }

    /// <summary>
    /// The client has ended its sending side. The engine learns it as it would on its own socket, where net/http then
    /// cancels the request, but not while a further request waits in the input.
    /// </summary>
    public void OnInputEnded()
    {
        lock (_gate)
        {
            if (_delivered) PassInputEndOn();
        }
    }

    /// <summary>The request is answered, or its client has gone. False if part of its body was left unread.</summary>
    public async ValueTask<bool> EndAsync()
    {
        lock (_gate) _delivered = false;
        var isWhole = _body is null || await _body.EndAsync();
        lock (_gate) _delivered = false;

        _stream?.Dispose();
        _invoker?.Dispose();
        _stream = null;
        _invoker = null;
        _body = null;
        _answerHead = null;
        _waitsForContinue = false;
        return isWhole;
    }

    private void OnDelivered()
    {
        lock (_gate)
        {
            _delivered = true;
            if (Client.IsInputEnded) PassInputEndOn();
        }

        Client.Deliver();
    }

    /// <summary>Leaves requests alone that may hijack: their stream ends its directions by itself, after its last byte.</summary>
    private void PassInputEndOn()
    {
        if (_answerHead is null && _stream is not null && !Client.Transport.HasUnreadInput) _stream.Socket.EndSending();
    }

    private async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        ThrowIfSent();
        return new EngineStream(await _dialer.DialAsync(Client.Deliver, cancellationToken), this);
    }

    private void ThrowIfSent()
    {
        if (_headSent) throw new IOException("the connection was lost before it answered");
    }
}
