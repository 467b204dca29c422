using DockerGuardProxy.Calls;
using DockerGuardProxy.Forward;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Listen;

/// <summary>
/// Where Kestrel hands a request over. It takes the place of ASP.NET Core's hosting pipeline, which would add a
/// trace context, logging scopes and a service scope to every call, and tells when an answer is complete.
/// </summary>
internal sealed class ProxyApplication(CallRouter calls, ILogger<ProxyApplication> logger) : IHttpApplication<ForwardContext>
{
    public ForwardContext CreateContext(IFeatureCollection contextFeatures)
    {
        var container = contextFeatures as IHostContextContainer<ForwardContext>;
        var context = container?.HostContext;
        if (context is null)
        {
            context = new ForwardContext(contextFeatures, contextFeatures.Get<ClientConnection>()!);
            if (container is not null) container.HostContext = context;
        }
        else
        {
            context.Http.Initialize(contextFeatures);
        }

        if (context.Client.Transport.MethodAsSent is { } method) context.Http.Request.Method = method;
        context.Client.BeginAnswer(HttpProtocol.IsHttp10(context.Http.Request.Protocol));
        return context;
    }

    public async Task ProcessRequestAsync(ForwardContext context)
    {
        try
        {
            await calls.ServeAsync(context.Http, context.Client);
        }
        catch (Exception e) when (!context.Http.RequestAborted.IsCancellationRequested)
        {
            ListenLog.Fault(logger, e);
            context.Http.Abort();
        }
    }

    public void DisposeContext(ForwardContext context, Exception? exception)
    {
        context.Client.EndAnswer();
        context.Http.Uninitialize();
    }
}
