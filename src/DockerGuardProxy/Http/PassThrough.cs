using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace DockerGuardProxy.Http;

/// <summary>The one way of every call that is not guarded: to the engine and back, unchanged.</summary>
internal sealed class PassThrough(IHttpForwarder forwarder)
{
    private static readonly EngineTransformer Transformer = new();
    private static readonly Http2Transformer Http2Transformer = new();
    private static readonly NoBody Bodyless = new();
    private static readonly ForwarderRequestConfig Config = Exactly(System.Net.HttpVersion.Version11);
    private static readonly ForwarderRequestConfig Http2Config = Exactly(System.Net.HttpVersion.Version20);

    /// <summary>True for a request without a body, as YARP is told.</summary>
    public static bool IsBodyless(HttpContext http) => http.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true };

    /// <summary>Forwards a call.</summary>
    /// <param name="http">The call.</param>
    /// <param name="way">Its client's way to the engine.</param>
    /// <param name="target">The target that it is sent with.</param>
    /// <param name="body">Its body; null if it has none.</param>
    /// <param name="change">What it will change in the index; null for most.</param>
    public Task ForwardAsync(HttpContext http, IEngineWay way, string target, SentBody? body, IAnswerWatch? change) => way is Http2Call call
        ? ForwardAsync(http, call, target, body, change)
        : ForwardAsync(http, (EngineLink)way, target, body is { } sent ? new RequestBody(http, sent.Taken) { Copy = sent.Copy } : null, change);

    private async Task ForwardAsync(HttpContext http, EngineLink link, string target, RequestBody? body, IAnswerWatch? change)
    {
        var features = http.Features;
        link.Begin(http, target, body, change);

        // YARP must neither copy the body nor see an upgrade: both are EngineLink's and Tunnel's.
        features.Set<IHttpRequestBodyDetectionFeature>(Bodyless);
        features.Set<IHttpUpgradeFeature>(null);

        // The head is written; YARP refuses this method, whose meaning the engine alone decides.
        if (HttpMethods.IsConnect(http.Request.Method)) http.Request.Method = HttpMethods.Get;
        try
        {
            await forwarder.SendAsync(http, "http://docker", link.Invoker, Config, Transformer, link.Interruption?.Token ?? CancellationToken.None);
        }
        finally
        {
            if (!await link.EndAsync()) link.Client.Transport.LeaveHeadsAlone();
        }
    }

    private async Task ForwardAsync(HttpContext http, Http2Call call, string target, SentBody? body, IAnswerWatch? change)
    {
        call.Begin(http, target, change);
        http.Features.Set(call);
        if (body is null) http.Features.Set<IHttpRequestBodyDetectionFeature>(Bodyless);
        else if (body is { Taken: not null } or { Copy: not null }) http.Request.Body = new Http2Body(http.Request.Body, body.Value);

        // Only of this type YARP passes on each piece of a body as it comes; the client's own is put back before it is sent.
        http.Request.ContentType = "application/grpc";
        await forwarder.SendAsync(http, "http://docker", call.Invoker, Http2Config, Http2Transformer);
    }

    private static ForwarderRequestConfig Exactly(Version version) => new()
    {
        Version = version,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        ActivityTimeout = Timeout.InfiniteTimeSpan,
    };

    private sealed class NoBody : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => false;
    }
}
