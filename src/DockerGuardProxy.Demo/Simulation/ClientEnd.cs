using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.Demo.Simulation;

/// <summary>A connection's client.</summary>
/// <param name="Token">Cancelled when it sends no more, as the context of a request is in Go (net/http, backgroundRead).</param>
internal sealed record ClientEnd(CancellationToken Token)
{
    /// <summary>That of a request's client.</summary>
    public static CancellationToken Of(HttpContext context) => context.Features.GetRequiredFeature<ClientEnd>().Token;
}
