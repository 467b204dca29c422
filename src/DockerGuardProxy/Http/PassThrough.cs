using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace DockerGuardProxy.Http;

/// <summary>The one way of every call that is not guarded: to the engine and back, unchanged.</summary>
internal sealed class PassThrough(IHttpForwarder forwarder)
{
    private static readonly EngineTransformer Transformer = new();
    private static readonly NoBody Bodyless = new();
    private static readonly ForwarderRequestConfig Config = new()
    {
        Version = System.Net.HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        ActivityTimeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Forwards a call.</summary>
    /// <param name="http">The call.</param>
    /// <param name="link">Its client's way to the engine.</param>
    /// <param name="target">Its target as it came.</param>
    /// <param name="body">Its body; null if it has none.</param>
    /// <param name="change">What it will change in the index; null for most.</param>
    public async Task ForwardAsync(HttpContext http, EngineLink link, string target, RequestBody? body, IAnswerWatch? change)
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
            await forwarder.SendAsync(http, "http://docker", link.Invoker, Config, Transformer);
        }
        finally
        {
            if (!await link.EndAsync()) link.Client.Transport.LeaveHeadsAlone();
        }
    }

    private sealed class NoBody : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => false;
    }
}
