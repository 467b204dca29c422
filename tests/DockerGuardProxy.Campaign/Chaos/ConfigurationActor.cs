using DockerGuardProxy.EngineTests.Guard;

namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>The configuration is no configuration for a while, or one in which the guard only observes.</summary>
internal sealed class ConfigurationActor : IActor
{
    public async Task ActAsync(Site site, PlannedChaos chaos)
    {
        var isBroken = chaos.Kind == ChaosKind.ConfigurationBroken;
        try
        {
            await site.ConfigureAsync(isBroken ? configuration => configuration[..(configuration.Length / 2)] : Site.Observing);
            await Bounds.WithinAsync(
                site.Proxy.BecomesAsync(
                    status => isBroken ? status.Configuration is { Failure: not null, Mode: "enforce" } : status.Configuration.Mode == "observe",
                    Bounds.Soon),
                "the configuration seen");
            await Task.Delay(chaos.Length);
        }
        finally
        {
            await site.ConfigureAsync();
            await Bounds.WithinAsync(
                site.Proxy.BecomesAsync(status => status.Configuration is { Failure: null, Mode: "enforce" }, Bounds.Soon),
                "the configuration mended");
        }
    }
}
