using DockerGuardProxy.Forward;
using DockerGuardProxy.Listen;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.Calls;

/// <summary>Sends each call on its way.</summary>
internal sealed class CallRouter(PassThrough passThrough)
{
    public Task ServeAsync(HttpContext http, ClientConnection client)
    {
        var features = http.Features;
        var target = client.Transport.TargetAsSent ?? features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var hasBody = features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody;
        return passThrough.ForwardAsync(http, client, target, hasBody ? new RequestBody(http) : null);
    }
}
