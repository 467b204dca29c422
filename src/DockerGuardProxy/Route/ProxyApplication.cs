using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Http;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Route;

/// <summary>
/// Where Kestrel hands a request over. It takes the place of ASP.NET Core's hosting pipeline, which would add a
/// trace context, logging scopes and a service scope to every call, and tells when an answer is complete.
/// </summary>
internal sealed class ProxyApplication(
    CallRouter calls, EngineDialer dialer, PileUpWatch pileUp, StreamCalls streams, LockGate gate, FailOpen failOpen, TimeProvider time,
    ILogger<ProxyApplication> logger)
    : IHttpApplication<CallContext>, IClientApplication
{
    public Task StartAsync(IServer server, CancellationToken cancellationToken) => server.StartAsync(this, cancellationToken);

    public Task ServeAsync(ClientConnection client, HttpLayers http)
    {
        var watched = new WatchedCall(client.Socket, pileUp, streams, failOpen);
        return new CallLoop(client, http, dialer, new CountedCalls(client, watched, gate), logger).RunAsync();
    }

    public CallContext CreateContext(IFeatureCollection contextFeatures)
    {
        var container = contextFeatures as IHostContextContainer<CallContext>;
        var context = container?.HostContext;
        if (context is null)
        {
            context = new CallContext(contextFeatures, WayOf(contextFeatures));
            if (container is not null) container.HostContext = context;
        }
        else
        {
            context.Http.Initialize(contextFeatures);
        }

        context.Way.BeginCall(context.Http);
        return context;
    }

    public async Task ProcessRequestAsync(CallContext context)
    {
        try
        {
            if (context.Way.Accepts(context.Http)) await calls.ServeAsync(context);
        }
        catch (Exception e) when (!context.Http.RequestAborted.IsCancellationRequested)
        {
            ListenLog.Fault(logger, e);
            context.Http.Abort();
        }
    }

    public void DisposeContext(CallContext context, Exception? exception)
    {
        context.Way.EndCall();
        context.Http.Uninitialize();
    }

    private IEngineWay WayOf(IFeatureCollection features) =>
        features.Get<Http2Link>() is { } link ? new Http2Call(link, time) : features.Get<EngineLink>()!;
}
