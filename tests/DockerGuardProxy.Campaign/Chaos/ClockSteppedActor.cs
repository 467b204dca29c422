using DockerGuardProxy.EngineTests.Guard;

namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>The proxy's wall clock jumps by hours or days, forth or back, and back again: nothing that it decides rests on it.</summary>
internal sealed class ClockSteppedActor : IActor
{
    private const int Hour = 3600;
    private static readonly int[] Steps = [-400 * 24 * Hour, -24 * Hour, -Hour, Hour, 24 * Hour, 400 * 24 * Hour];

    public async Task ActAsync(Site site, PlannedChaos chaos)
    {
        var step = TimeSpan.FromSeconds(Steps[new Numbers(chaos.Seed).Between(0, Steps.Length)]);
        try
        {
            site.WallClock.Set(step);
            await Bounds.WithinAsync(site.Proxy.BecomesAsync(status => IsOff(status.Time, step), Bounds.Soon), "the step seen");
            await Task.Delay(chaos.Length);
        }
        finally
        {
            site.WallClock.Set(TimeSpan.Zero);
        }

        await Bounds.WithinAsync(site.Proxy.BecomesAsync(status => IsOff(status.Time, TimeSpan.Zero), Bounds.Soon), "the step back seen");
    }

    private static bool IsOff(DateTimeOffset time, TimeSpan step) =>
        (time - DateTimeOffset.UtcNow - step).Duration() < TimeSpan.FromMinutes(1);
}
