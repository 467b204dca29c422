using DockerGuardProxy.Listen;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.Forward;

/// <summary>A request on its way, reused from request to request of one connection.</summary>
internal sealed class ForwardContext(IFeatureCollection features, ClientConnection client)
{
    public DefaultHttpContext Http { get; } = new(features);

    public ClientConnection Client { get; } = client;
}
