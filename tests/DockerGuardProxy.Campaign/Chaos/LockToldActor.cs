using System.Globalization;
using DockerGuardProxy.Campaign.Check;
using DockerGuardProxy.Campaign.Load;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>
/// A container whose shim does not answer, and a caller that asks for one container after the other: it is told that this one does not answer, each
/// time, and reads what it asked for once the shim goes on.
/// </summary>
internal sealed class LockToldActor : IActor
{
    private const int Stop = 19, Continue = 18;

    private const string Telling =
        """{ "policies": { "lock": { "tell": { "mode": "enforce", "callers": ["kubelet"], "after": "2s", "repeat": "1s" } } } }""";

    public async Task ActAsync(Site site, PlannedChaos chaos)
    {
        // Told are programs of that name.
        var kubelet = Path.Combine(site.Engine.Folder, "kubelet");
        if (!File.Exists(kubelet)) File.Copy("/usr/bin/curl", kubelet);
        await using var subject = await Subject.RunAsync(site, chaos, "sleep 100000; :");
        var shim = await subject.ShimAsync();
        using var caller = new Caller(site, nameof(ChaosKind.LockTold));
        await site.GuardAsync(Telling);
        Task<CallOutcome>? pause = null;
        try
        {
            Subject.Signal(shim, Stop);
            pause = caller.TryAsync("POST", $"/containers/{subject.Id}/pause", Bounds.Engine);
            await Bounds.WithinAsync(
                Poll.UntilAsync(async () => !await IsAnsweredAsync(site, subject), Bounds.Engine), "an engine whose own inspects wait for the lock");
            var end = Clock.Now + chaos.Length;
            do
            {
                var status = await AskAsync(kubelet, site, subject);
                site.Findings.Look(
                    Invariant.ChaosAsPromised, status == "503", $"{site.Name} {nameof(ChaosKind.LockTold)}",
                    $"an inspect that was to be told: {status}");
            }
            while (Clock.Now < end);
        }
        finally
        {
            Subject.Signal(shim, Continue);
            await site.GuardAsync();
        }

        var paused = await pause;
        await Bounds.WithinAsync(
            Poll.UntilAsync(async () => await AskAsync(kubelet, site, subject) == "200", Bounds.Engine), "an answer once the shim goes on");
        if (paused.Status == 204) await site.Engine.Api.PostAsync($"/containers/{subject.Id}/unpause");
    }

    /// <summary>On a busy machine an inspect is before the pause that is to hold the lock.</summary>
    private static async Task<bool> IsAnsweredAsync(Site site, Subject subject)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            using var answer = await site.Engine.Api.SendAsync(HttpMethod.Get, $"/containers/{subject.Id}/json", cancellationToken: limit.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<string> AskAsync(string kubelet, Site site, Subject subject)
    {
        site.Tally.Call();
        var seconds = Bounds.Soon.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        var result = await Command.RunAsync(
            [
                kubelet, "-s", "-o", "/dev/null", "-m", seconds, "--unix-socket", site.Proxy.Socket, "-w", "%{http_code}",
                $"http://docker/containers/{subject.Id}/json",
            ],
            limit: Bounds.Engine);
        return result.Output;
    }
}
