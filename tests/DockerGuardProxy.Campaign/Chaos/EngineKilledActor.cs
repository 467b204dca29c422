using DockerGuardProxy.EngineTests.Guard;

namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>dockerd is killed, is away for a while and comes back, with or without its containers.</summary>
internal sealed class EngineKilledActor : IActor
{
    public async Task ActAsync(Site site, PlannedChaos chaos)
    {
        site.Relay.Close();
        try
        {
            await site.Engine.KillAsync();
            await Task.Delay(chaos.Length);
            await site.Engine.StartAsync();
        }
        finally
        {
            site.Relay.Open();
        }

        await Bounds.WithinAsync(site.Proxy.BecomesAsync(status => status.Engine.Ready, Bounds.Engine), "the engine found again");
        site.Cut();
    }
}
