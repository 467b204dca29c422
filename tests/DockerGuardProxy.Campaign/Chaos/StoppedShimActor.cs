using DockerGuardProxy.Campaign.Check;
using DockerGuardProxy.Campaign.Load;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>
/// A container whose shim does not answer: a pause of it holds its lock, and callers queue up behind that. Of those who wait long enough each
/// reads what it asked for once the shim goes on; the others cost nothing.
/// </summary>
internal sealed class StoppedShimActor : IActor
{
    private const int Stop = 19, Continue = 18, Callers = 30;

    public async Task ActAsync(Site site, PlannedChaos chaos)
    {
        await using var subject = await Subject.RunAsync(site, chaos, "sleep 100000; :");
        var shim = await subject.ShimAsync();
        List<Task<CallOutcome>> patient = [], hasty = [];
        Task<CallOutcome> pause;
        Subject.Signal(shim, Stop);
        try
        {
            pause = CallAsync(site, "POST", $"/containers/{subject.Id}/pause", Bounds.Engine);
            var distance = chaos.Length / Callers;
            for (var caller = 0; caller < Callers; caller++)
            {
                var calls = caller % 3 == 0 ? patient : hasty;
                calls.Add(CallAsync(site, "GET", $"/containers/{subject.Name}/json", caller % 3 == 0 ? Bounds.Engine : TimeSpan.FromSeconds(1)));
                await Task.Delay(distance);
            }
        }
        finally
        {
            Subject.Signal(shim, Continue);
        }

        var paused = await pause;
        await Task.WhenAll(hasty);
        foreach (var outcome in await Task.WhenAll(patient))
        {
            site.Tally.Call();
            site.Findings.Look(
                Invariant.ChaosAsPromised, outcome.Status == 200 && outcome.Answer!.Text.Contains(subject.Id, StringComparison.Ordinal),
                $"{site.Name} {nameof(ChaosKind.StoppedShim)}", $"an inspect whose caller waited: {outcome.End} {outcome.Status} {outcome.Message}");
        }

        if (paused.Status == 204) await site.Engine.Api.PostAsync($"/containers/{subject.Id}/unpause");
        await Bounds.WithinAsync(
            Poll.UntilAsync(async () => await Ends.RunsAsync(site, subject.Id) is true, Bounds.Engine), "it runs after all");
    }

    private static async Task<CallOutcome> CallAsync(Site site, string method, string path, TimeSpan patience)
    {
        using var caller = new Caller(site, nameof(ChaosKind.StoppedShim));
        var outcome = await caller.TryAsync(method, path, patience);
        if (method == "GET") site.Relay.Seen.Forget(outcome.Token);
        return outcome;
    }
}
