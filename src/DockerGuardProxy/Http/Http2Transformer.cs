using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace DockerGuardProxy.Http;

/// <summary>What YARP's forwarder asks of us for a call in HTTP/2: target and fields as they came, and the answer with its trailers.</summary>
internal sealed class Http2Transformer : HttpTransformer
{
    private static readonly UriCreationOptions AsItCame = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>Fields that YARP leaves out although HTTP/2 knows them (RequestUtilities).</summary>
    private static readonly string[] LeftOut =
    [
        "ALPN", "Alt-Svc", "Close", "Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Authorization", "Proxy-Features", "Proxy-Instruction",
        "Security-Scheme", "Upgrade-Insecure-Requests",
    ];

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        var call = httpContext.Features.Get<Http2Call>()!;
        var headers = httpContext.Request.Headers;
        headers.ContentType = call.ContentType;
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        foreach (var name in LeftOut)
        {
            if (headers.TryGetValue(name, out var values)) proxyRequest.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        proxyRequest.RequestUri = new Uri(destinationPrefix + call.Target, AsItCame);

        // Fields of a body that is none: with their stand-in goes no END_STREAM, which is a body of unknown length to the engine.
        if (proxyRequest.Content is { Headers: var fields } && PassThrough.IsBodyless(httpContext)) fields.ContentLength = 0;
    }

    /// <summary>Passes the answer on.</summary>
    /// <returns>False: it has been dealt with whole.</returns>
    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var call = httpContext.Features.Get<Http2Call>()!;
        if (proxyResponse is null)
        {
            var cause = httpContext.Features.Get<IForwarderErrorFeature>()?.Exception;
            if (Http2Reset.CodeOf(cause) is { } code) Http2Reset.Send(httpContext, code);
            else await EngineFailure.AnswerAsync(httpContext, call.EnginePath, cause);
            return false;
        }

        ReadOnlyMemory<byte> taken = default;
        if (call.Change is { } change) taken = await change.TakeAsync(proxyResponse, cancellationToken);
        EngineTransformer.CopyHeaders(proxyResponse, httpContext.Response);
        await Http2Answer.CopyAsync(httpContext, call, proxyResponse, taken, cancellationToken);
        return false;
    }
}
