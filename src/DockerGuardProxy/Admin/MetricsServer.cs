using System.Net;
using DockerGuardProxy.Telemetry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DockerGuardProxy.Admin;

/// <summary>
/// Serves the metrics page on a loopback address, to any user of the node: it names containers and pods, and changes nothing. Without it the
/// proxy does its work all the same: a port that is taken costs one line in the log.
/// </summary>
/// <param name="address">IP address and port; empty for none.</param>
/// <param name="telemetry">What answers.</param>
/// <param name="services">For Kestrel.</param>
/// <param name="loggers">For Kestrel and the one line.</param>
internal sealed class MetricsServer(string address, TelemetryPipeline telemetry, IServiceProvider services, ILoggerFactory loggers)
    : IHostedService, IHttpApplication<HttpContext>, IDisposable
{
    private KestrelServer? _kestrel;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (address.Length == 0)
            return;
        try
        {
            var options = new KestrelServerOptions { ApplicationServices = services };
            AdminLimits.Apply(options);
            options.Listen(IPEndPoint.Parse(address), endPoint => endPoint.Protocols = HttpProtocols.Http1);
            _kestrel = new KestrelServer(
                Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers), loggers);
            await _kestrel.StartAsync(this, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            AdminLog.MetricsNotServed(loggers.CreateLogger<MetricsServer>(), address, e.Message);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => _kestrel?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public void Dispose() => _kestrel?.Dispose();

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public Task ProcessRequestAsync(HttpContext context)
    {
        if (context.Request.Path == "/metrics" && HttpMethods.IsGet(context.Request.Method))
            return telemetry.Page(context);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }
}
