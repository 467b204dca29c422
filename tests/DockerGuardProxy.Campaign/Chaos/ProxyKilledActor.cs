using DockerGuardProxy.EngineTests.Guard;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>The proxy is killed. Where that was the third time within five minutes it only observes, until it is told to reload.</summary>
internal sealed class ProxyKilledActor : IActor
{
    public async Task ActAsync(Site site, PlannedChaos chaos)
    {
        site.Proxy.Daemon.Signal(9);
        await site.Proxy.Daemon.WaitAsync(Bounds.Soon);
        await Task.Delay(chaos.Length);
        await site.Proxy.StartAsync();
        site.Cut();
        await Bounds.WithinAsync(site.Proxy.BecomesAsync(status => status.Engine.Ready, Bounds.Soon), "the engine found by the next proxy");
        if ((await site.Proxy.StatusAsync()).Configuration.HeldBack is null) return;
        using var admin = new EngineApi(site.Proxy.AdminSocket);
        await admin.PostAsync("/v1/reload");
        await Bounds.WithinAsync(site.Proxy.BecomesAsync(status => status.Configuration.Mode == "enforce", Bounds.Soon), "enforce after a reload");
    }
}
