using DockerGuardProxy.EngineTests.Guard;

namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>The policies are switched again and again while calls are under way, each time to others; then they are as they were.</summary>
internal sealed class PoliciesSwitchedActor : IActor
{
    private static readonly TimeSpan Distance = TimeSpan.FromMilliseconds(500);

    private static readonly string[] Guards =
    [
        """{ "policies": { "stop": { "mode": "observe" }, "kill": { "mode": "off" } } }""",
        """{ "policies": { "lock": { "mode": "observe" }, "stats": { "mode": "off" } } }""",
        """{ "policies": { "lock": { "mode": "off" }, "streams": { "mode": "off" }, "transfers": { "mode": "off" } } }""",
        """{ "policies": { "lock": { "maxUnanswered": 1, "slow": "10s", "tell": { "mode": "enforce" } } } }""",
        """{ "policies": { "restart": { "mode": "off" }, "remove": { "maxInFlight": 1 }, "stats": { "maxUnanswered": 1 } } }""",
        """{ "mode": "off" }""",
    ];

    public async Task ActAsync(Site site, PlannedChaos chaos)
    {
        var end = Clock.Now + chaos.Length;
        try
        {
            while (Clock.Now < end)
            {
                foreach (var guard in new Numbers(chaos.Seed).Shuffle(Guards))
                {
                    await site.GuardAsync(guard);
                    await Task.Delay(Distance);
                }
            }
        }
        finally
        {
            await site.GuardAsync();
        }

        await Bounds.WithinAsync(
            site.Proxy.BecomesAsync(status => status.Configuration is { Failure: null, Mode: "enforce" }, Bounds.Soon), "the policies as they were");
    }
}
