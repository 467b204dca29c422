using DockerGuardProxy.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace DockerGuardProxy.Telemetry;

/// <summary>
/// Collects what the instrumentation records: measurements always, for whoever scrapes; spans only where they are exported. Exports happen on
/// threads of the SDK's own, from queues of bounded length, so a collector that is down, slow or wrong delays no call.
/// </summary>
internal sealed class TelemetryPipeline : IHostedService, IDisposable
{
    /// <summary>What the last export may take when the daemon ends.</summary>
    private const int ShutdownMilliseconds = 2000;

    private readonly ExportWatch? _watch;
    private readonly MeterProvider _metrics;
    private readonly TracerProvider? _traces;
    private readonly Lazy<RequestDelegate> _page;

    public TelemetryPipeline(ExportOptions export, TimeProvider time, IServiceProvider services, ILogger<TelemetryPipeline> logger)
    {
        if (export.ExportsMetrics || export.ExportsTraces)
            _watch = new ExportWatch(logger, time);
        if (export.NotAnEndpoint is { } variable)
            ExportWatch.NotAnEndpoint(logger, variable);

        // What is scraped is what holds now, also by two who ask one after the other.
        var metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(Describe)
            .AddMeter(Instrumentation.Name)
            .AddPrometheusExporter(exporter => exporter.ScrapeResponseCacheDurationMilliseconds = 0);
        if (export.ExportsMetrics)
            metrics.AddOtlpExporter(exporter => export.Apply(exporter, "/v1/metrics"));
        _metrics = metrics.Build();
        if (export.ExportsTraces)
        {
            _traces = Sdk.CreateTracerProviderBuilder()
                .ConfigureResource(Describe)
                .AddSource(Instrumentation.Name)
                .SetSampler<AlwaysOnSampler>()
                .AddOtlpExporter(exporter => export.Apply(exporter, "/v1/traces"))
                .Build();
        }

        // The exporter comes as a middleware; the daemon has no pipeline, so it gets one of its own. Not before somebody asks: most are never asked,
        // and what is collected until then is in the provider.
        _page = new Lazy<RequestDelegate>(
            () => new ApplicationBuilder(services).UseOpenTelemetryPrometheusScrapingEndpoint(_metrics, _ => true, null, null, null).Build());
    }

    /// <summary>Answers a scrape, whatever its path, in the text format that it asks for.</summary>
    public RequestDelegate Page => _page.Value;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // A collector that hangs keeps a thread of its own, not the end of the daemon.
    public Task StopAsync(CancellationToken cancellationToken) => Task.Factory.StartNew(
        () =>
        {
            _traces?.Shutdown(ShutdownMilliseconds);
            _metrics.Shutdown(ShutdownMilliseconds);
        },
        cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(cancellationToken);

    /// <summary>Exports what waits, and does not return before.</summary>
    public void Flush()
    {
        _traces?.ForceFlush(ShutdownMilliseconds);
        _metrics.ForceFlush(ShutdownMilliseconds);
    }

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics.Dispose();
        _watch?.Dispose();
    }

    private static void Describe(ResourceBuilder resource) =>
        resource.AddService("docker-guard-proxy", serviceVersion: ProductVersion.Number, serviceInstanceId: Environment.MachineName)
            .AddEnvironmentVariableDetector();
}
