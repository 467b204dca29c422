using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Http;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Route;

/// <summary>
/// Where Kestrel hands a request over. It takes the place of ASP.NET Core's hosting pipeline, which would add a
/// trace context, logging scopes and a service scope to every call, and tells when an answer is complete.
/// </summary>
internal sealed class ProxyApplication(
    CallRouter calls, EngineDialer dialer, PileUpWatch pileUp, LockGate gate, FailOpen failOpen, ILogger<ProxyApplication> logger)
    : IHttpApplication<CallContext>, IClientApplication
{
    public Task StartAsync(IServer server, CancellationToken cancellationToken) => server.StartAsync(this, cancellationToken);

    public Task ServeAsync(ClientConnection client, ConnectionDelegate http) =>
        new CallLoop(client, http, dialer, new CountedCalls(client, pileUp, gate, failOpen), logger).RunAsync();

    public CallContext CreateContext(IFeatureCollection contextFeatures)
    {
        var container = contextFeatures as IHostContextContainer<CallContext>;
        var context = container?.HostContext;
        if (context is null)
        {
            context = new CallContext(contextFeatures, contextFeatures.Get<EngineLink>()!);
            if (container is not null) container.HostContext = context;
        }
        else
        {
            context.Http.Initialize(contextFeatures);
        }

        var client = context.Link.Client;
        if (client.Transport.MethodAsSent is { } method) context.Http.Request.Method = method;
        client.BeginAnswer(HttpProtocol.IsHttp10(context.Http.Request.Protocol));
        return context;
    }

    public async Task ProcessRequestAsync(CallContext context)
    {
        try
        {
            await calls.ServeAsync(context);
        }
        catch (Exception e) when (!context.Http.RequestAborted.IsCancellationRequested)
        {
            ListenLog.Fault(logger, e);
            context.Http.Abort();
        }
    }

    public void DisposeContext(CallContext context, Exception? exception)
    {
        context.Link.Client.EndAnswer();
        context.Http.Uninitialize();
    }
}
