using System.Diagnostics;
using System.Net;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Telemetry;
using DockerGuardProxy.Tests.Guard;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DockerGuardProxy.Tests.Telemetry;

/// <summary>A ledger whose calls are measured and traced, as the daemon does it, with a page to scrape and no exporter.</summary>
internal sealed class TelemetryRig : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly Instrumentation _instrumentation = new();
    private readonly ActivityListener? _listener;
    private readonly TelemetryPipeline _pipeline;

    public TelemetryRig(double forwardedRatio = 0, bool traces = true, GuardPolicy? policy = null)
    {
        Guard = new LedgerRig(policy);
        PileUp = new PileUpWatch(Guard.Time);
        var faults = new FaultCount();
        Guard.Observer = new GuardObservers(
            [new CallTelemetry(_instrumentation, forwardedRatio, Guard.Time), faults], new FailOpen(faults.Add, Guard.Time, NullLogger.Instance));
        var index = new ContainerIndex(NullLogger<ContainerIndex>.Instance);
        _ = new GuardGauges(_instrumentation, Guard.Ledger, PileUp, new BypassWatch(index, Guard.Time), faults, Guard.Time);
        _pipeline = new TelemetryPipeline(
            new ExportOptions(TelemetryOptions.Default, _ => null), Guard.Time, _services, NullLogger<TelemetryPipeline>.Instance);
        if (!traces)
            return;
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source == _instrumentation.Spans,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Ended.Add,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public LedgerRig Guard { get; }

    public PileUpWatch PileUp { get; }

    /// <summary>Every span that has ended.</summary>
    public List<Activity> Ended { get; } = [];

    /// <summary>Those of them that an exporter would take.</summary>
    public IEnumerable<Activity> Exported => Ended.Where(span => span.Recorded);

    /// <summary>The page's samples, each as name and labels, without those of the SDK's own.</summary>
    public async Task<Dictionary<string, double>> ScrapeAsync()
    {
        var http = new DefaultHttpContext();
        http.Response.Body = new MemoryStream();
        await _pipeline.Page(http);
        if (http.Response.StatusCode != (int)HttpStatusCode.OK)
            throw new InvalidOperationException($"The page answered {http.Response.StatusCode}.");
        var text = System.Text.Encoding.UTF8.GetString(((MemoryStream)http.Response.Body).ToArray());
        return Samples.Parse(text);
    }

    public void Dispose()
    {
        _listener?.Dispose();
        _pipeline.Dispose();
        _instrumentation.Dispose();
        Guard.Dispose();
        _services.Dispose();
    }

    private static class Samples
    {
        public static Dictionary<string, double> Parse(string page) => page
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.StartsWith("docker_guard_", StringComparison.Ordinal))
            .Select(line => line.Split(' '))
            .ToDictionary(
                parts =>
                    System.Text.RegularExpressions.Regex.Replace(parts[0], "otel_scope_[a-z]+=\"[^\"]*\",?", "")
                        .Replace(",}", "}", StringComparison.Ordinal)
                    .Replace("{}", "", StringComparison.Ordinal),
                parts => double.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));
    }
}
