using System.Net;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace DockerGuardProxy.Http;

/// <summary>What YARP's forwarder asks of us: nothing for the request, the untouched head of the answer, and hijacks.</summary>
internal sealed class EngineTransformer : HttpTransformer
{
    private static readonly Uri StandInTarget = new("http://docker/");

    /// <summary>Leaves a stand-in: <see cref="EngineLink"/> sends the client's own head.</summary>
    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        proxyRequest.RequestUri = StandInTarget;

        // Only HEAD changes how an answer is framed (RFC 9112 6.3).
        proxyRequest.Method = HttpMethods.IsHead(httpContext.Request.Method) ? HttpMethod.Head : HttpMethod.Get;
        return default;
    }

    /// <summary>Passes the answer on, and takes the connection over if it grants a hijack.</summary>
    /// <returns>False: the answer has been dealt with whole.</returns>
    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var link = httpContext.Features.Get<EngineLink>()!;
        if (link.Interruption?.TryBegin() == false) return false;

        if (proxyResponse is null)
        {
            await EngineFailure.AnswerAsync(
                httpContext, link.EnginePath, httpContext.Features.Get<IForwarderErrorFeature>()?.Exception);
            return false;
        }

        ReadOnlyMemory<byte> taken = default;
        if (link.Change is { } change) taken = await change.TakeAsync(proxyResponse, cancellationToken);

        if (link.AnswerHead is { } head && Hijack.IsGranted(httpContext.Request, proxyResponse))
        {
            await Tunnel.RunAsync(link, head, proxyResponse);
            return false;
        }

        if (CloseDelimited.Is(httpContext.Request, link, proxyResponse))
        {
            await CloseDelimited.RunAsync(link, httpContext.Request, proxyResponse, taken);
            return false;
        }

        CopyHeaders(proxyResponse, httpContext.Response);
        await AnswerBody.CopyAsync(httpContext, link, proxyResponse.Content, taken, cancellationToken);
        return false;
    }

    /// <summary>Copies the fields of an answer, but for its framing.</summary>
    internal static void CopyHeaders(HttpResponseMessage source, HttpResponse target)
    {
        foreach (var header in source.Headers.NonValidated)
        {
            // Kestrel frames the answer anew.
            if (header.Key.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)) continue;
            Copy(target, header.Key, header.Value);
        }

        foreach (var header in source.Content.Headers.NonValidated) Copy(target, header.Key, header.Value);
    }

    private static void Copy(HttpResponse target, string name, System.Net.Http.Headers.HeaderStringValues values) =>
        target.Headers[name] = values.Count == 1 ? values.ToString() : values.ToArray();

    /// <summary>True for a body without Content-Length (RFC 9112 6.3).</summary>
    internal static bool MayHaveBodyOfUnknownLength(HttpRequest request, HttpResponseMessage response) =>
        response.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.NotModified)
        && !HttpMethods.IsHead(request.Method)
        && !response.Content.Headers.NonValidated.Contains("Content-Length");
}
