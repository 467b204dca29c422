using DockerGuardProxy.Calls;
using Microsoft.AspNetCore.Http;

namespace DockerGuardProxy.Http;

/// <summary>
/// Tells requests whose connection the engine may turn into a raw stream, and the answers that do. It comes in four forms:
/// <c>Upgrade: tcp</c>, <c>Upgrade: h2c</c>, a websocket, and no Upgrade at all, answered by 200 (moby
/// api/server/router/container/{exec,container_routes}.go, api/server/router/{session,grpc}).
/// </summary>
internal static class Hijack
{
    /// <summary>True if the answer to the request may be a raw stream.</summary>
    /// <param name="request">The request.</param>
    /// <param name="target">Its target as it came.</param>
    public static bool IsPossible(HttpRequest request, string target) =>
        request.Headers.Upgrade.Count > 0 || CallTable.Docker.Match(request.Method, target).Row is { MayHijack: true };

    /// <summary>True if the answer is one: 101, or 200 with a stream type and without any framing.</summary>
    public static bool IsGranted(HttpRequest request, HttpResponseMessage response) =>
        (int)response.StatusCode switch
        {
            StatusCodes.Status101SwitchingProtocols => true,
            StatusCodes.Status200OK => HttpMethods.IsPost(request.Method)
                && response.Headers.TransferEncodingChunked != true
                && !response.Content.Headers.NonValidated.Contains("Content-Length")
                && response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var type)
                && type.ToString() is var text
                && text.StartsWith("application/vnd.docker.", StringComparison.Ordinal)
                && text.EndsWith("-stream", StringComparison.Ordinal),
            _ => false,
        };
}
