using DockerGuardProxy.Listen;
using DockerGuardProxy.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.Http;

/// <summary>A call in HTTP/2. Its client leaves it by RST_STREAM, or with its connection; both end the request's token.</summary>
/// <param name="link">Its client's way to the engine.</param>
/// <param name="time">Tells a stop how old it is.</param>
internal sealed class Http2Call(Http2Link link, TimeProvider time) : IEngineWay
{
    private readonly CallTimes _times = new(time);
    private int _head;

    /// <summary>Sends it.</summary>
    public HttpMessageInvoker Invoker => link.Invoker;

    /// <summary>The target that it is sent with.</summary>
    public string Target { get; private set; } = "";

    /// <summary>Its type as the client sent it, the first of several, as it was looked at; null for none.</summary>
    public string? ContentType { get; private set; }

    /// <summary>What it will change in the index if the engine agrees; null for most.</summary>
    public IAnswerWatch? Change { get; private set; }

    /// <inheritdoc/>
    public string EnginePath => link.EnginePath;

    /// <inheritdoc/>
    public PeerCredentials? Peer => link.Client.Peer;

    /// <inheritdoc/>
    public string? TargetAsSent { get; private set; }

    /// <inheritdoc/>
    public string? HostAsSent => null;

    /// <inheritdoc/>
    public void BeginCall(HttpContext http)
    {
        link.Streams.Begin(_times);
        TargetAsSent = Http2Head.Encode(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
    }

    /// <inheritdoc/>
    public bool Accepts(HttpContext http)
    {
        var request = http.Features.GetRequiredFeature<IHttpRequestFeature>();
        if (!Http2Head.IsSound(request.RawTarget, request.Headers, out var length))
        {
            Http2Reset.Send(http, Http2Reset.ProtocolError);
            return false;
        }

        if (!link.TryTakeHead(length))
        {
            // Nothing was done about it: its client may send it again when others have ended.
            Http2Reset.Send(http, Http2Reset.RefusedStream);
            return false;
        }

        _head = length;

        // SocketsHttpHandler sends neither CONNECT, whose stream would be a tunnel, nor a target of "*", and makes a POST of a Post, which is no call
        // to the engine and would be one that nobody has looked at. The client may ask in HTTP/1.1.
        if (!request.Method.AsSpan().ContainsAnyInRange('a', 'z') && request.Method != HttpMethods.Connect && request.RawTarget.StartsWith('/'))
            return true;
        Http2Reset.Send(http, Http2Reset.Http11Required);
        return false;
    }

    /// <summary>It is to be forwarded.</summary>
    public void Begin(HttpContext http, string target, IAnswerWatch? change)
    {
        // Not Request.ContentType, which joins several: what the guard has looked at is what the engine has to see.
        ContentType = http.Request.Headers.ContentType is [var first, ..] ? first : null;
        (Target, Change) = (target, change);
    }

    /// <inheritdoc/>
    public void Deliver()
    {
        // Its client can leave at any time, and that is told at any time.
    }

    /// <summary>The first byte of the answer goes to the client.</summary>
    public void BeginAnswer() => _times.BeginAnswer();

    /// <inheritdoc/>
    public void EndCall()
    {
        link.Streams.End(_times);
        link.ReturnHead(_head);
        _head = 0;
        (Change, ContentType) = (null, null);
    }
}
