using DockerGuardProxy.Campaign.Check;
using DockerGuardProxy.Campaign.Load;
using DockerGuardProxy.EngineTests.Guard;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>
/// A container that SIGKILL can't end, and callers who want it ended in each of the ways. Until the thaw nobody reads that it has ended, and once it
/// is known to be stuck no call is sent any more.
/// </summary>
internal sealed class DStateActor : IActor
{
    private const int Repeats = 10;

    public async Task ActAsync(Site site, PlannedChaos chaos)
    {
        await using var fs = await FrozenFileSystem.MountAsync(Path.Combine(site.Engine.Folder, $"fs-{chaos.Seed:x16}"));
        await using var subject = await Subject.RunAsync(site, chaos, "while sleep 0.1; do touch /data/f; done", fs.Folder + ":/data");
        try
        {
            await EndInVainAsync(site, chaos, fs, subject);
        }
        finally
        {
            // Before the container is removed: it can't be while it is frozen.
            await fs.ThawAsync();
        }

        await Bounds.WithinAsync(Poll.UntilAsync(subject.HasEnded, Bounds.Engine), "the end after the thaw");
    }

    private static async Task EndInVainAsync(Site site, PlannedChaos chaos, FrozenFileSystem fs, Subject subject)
    {
        await fs.FreezeAsync();
        await Bounds.WithinAsync(Poll.UntilAsync(subject.IsInDState, Bounds.Soon), "a task in D state");

        // 1. All ways at once.
        var end = Clock.Now + chaos.Length;
        var first = new[]
        {
            ("POST", $"/containers/{subject.Name}/stop?t=1"), ("POST", $"/containers/{subject.Id}/stop?t=2"),
            ("POST", $"/containers/{subject.Id}/kill"), ("DELETE", $"/containers/{subject.Id}?force=1"),
        }.Select(call => EndAsync(site, call.Item1, call.Item2)).ToList();
        await Bounds.WithinAsync(site.Proxy.BecomesAsync(status => status.StuckContainers > 0, Bounds.Soon), "known as stuck");

        // 2. Those who ask again.
        List<Task<CallOutcome>> again = [];
        var distance = (end - Clock.Now) / (Repeats + 1);
        for (var repeat = 0; repeat < Repeats; repeat++)
        {
            var path = repeat % 2 == 0 ? $"/containers/{subject.Name}/stop?t=1" : $"/containers/{subject.Id[..12]}/kill";
            again.Add(EndAsync(site, "POST", path));
            if (distance > TimeSpan.Zero) await Task.Delay(distance);
        }

        // 3. The thaw: all of them come to their end.
        var thaw = Clock.Now;
        await fs.ThawAsync();
        foreach (var outcome in await Task.WhenAll(first.Concat(again)))
            Look(site, outcome, thaw);
        foreach (var outcome in again.Select(call => call.Result).Where(outcome => outcome.EndedAt < thaw))
        {
            site.Findings.Look(
                Invariant.ChaosAsPromised, outcome.IsRefusal && site.Relay.Seen.Find(outcome.Token) is null, Where(site),
                $"a repeat on a stuck container: {outcome.Status} {outcome.Message}, sent {site.Relay.Seen.Find(outcome.Token)?.Times ?? 0} times");
        }
    }

    private static string Where(Site site) => $"{site.Name} {nameof(ChaosKind.DState)}";

    private static async Task<CallOutcome> EndAsync(Site site, string method, string path)
    {
        using var caller = new Caller(site, nameof(ChaosKind.DState));
        return await caller.TryAsync(method, path, Bounds.Engine);
    }

    private static void Look(Site site, CallOutcome outcome, TimeSpan thaw)
    {
        site.Tally.Call();
        if (outcome.IsRefusal) site.Tally.Refuse();
        site.Findings.Look(
            Invariant.EndsAreTrue, !outcome.IsGood || outcome.EndedAt >= thaw, Where(site), $"{outcome.Status} before the thaw");
        site.Findings.Look(
            Invariant.ChaosAsPromised, outcome.End == CallEnd.Answered, Where(site), $"a caller's call is {outcome.End}: {outcome.Message}");
    }
}
