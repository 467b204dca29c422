using System.Globalization;
using DockerGuardProxy.Campaign.Check;
using DockerGuardProxy.EngineTests.Guard;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>The proxy is told to end, and another comes: with a receiver of telemetry that nobody is, for a while, or just so.</summary>
internal sealed class ProxyRestartedActor : IActor
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT", Interval = "OTEL_METRIC_EXPORT_INTERVAL";

    public async Task ActAsync(Site site, PlannedChaos chaos)
    {
        if (chaos.Kind == ChaosKind.ProxyRestarted)
        {
            await RestartAsync(site, chaos.Length);
            return;
        }

        site.Proxy.Environment[Endpoint] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Take()}");
        site.Proxy.Environment[Interval] = "500";
        try
        {
            await RestartAsync(site, TimeSpan.Zero);
            await Task.Delay(chaos.Length);
        }
        finally
        {
            site.Proxy.Environment.Remove(Endpoint);
            site.Proxy.Environment.Remove(Interval);
            await RestartAsync(site, TimeSpan.Zero);
        }
    }

    /// <summary>Tells it to end, and starts the next.</summary>
    public static async Task RestartAsync(Site site, TimeSpan away)
    {
        var code = await site.Proxy.StopAsync(Bounds.Soon);
        site.Findings.Look(Invariant.ProxyLives, code == 0, site.Name, $"told to end, the proxy has ended with {code?.ToString() ?? "nothing"}");
        await Task.Delay(away);
        await site.Proxy.StartAsync();
        site.Cut();
        await Bounds.WithinAsync(site.Proxy.BecomesAsync(status => status.Engine.Ready, Bounds.Soon), "the engine found by the next proxy");
    }
}
