using System.Diagnostics;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>Engines that give up by themselves (since 20.10.10): attempts come no faster than back-off allows.</summary>
public sealed class IncidentBackoffTests(Laboratory laboratory)
{
    /// <summary>The shipped back-off; its last entry stays.</summary>
    private static readonly int[] Pauses = [30, 60, 120, 300];

    [Fact]
    public async Task Kubelets_get_no_more_attempts_through_than_back_off_allows()
    {
        await Task.WhenAll(
            await StartAsync(Dockerd.Installed),
            await StartAsync(Dockerd.Newer));

        async Task<Task> StartAsync(string version)
        {
            var (engine, proxy) = await laboratory.BenchAsync(version);
            return RetryAsync(version, engine, proxy!);
        }
    }

    [Fact]
    public async Task A_quick_error_of_the_engine_starts_no_back_off()
    {
        var (engine, _) = await laboratory.BenchAsync(Dockerd.Newer);
        await using var proxy = await Proxy.StartAsync(engine, """{ "patience": "3s", "repeatHold": ["1s"], "backoff": ["2s", "10m"] }""");
        await using var stuck = await IncidentContainer.StartAsync(engine, "quick");

        // 1. Before anything else was asked.
        var refused = await proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/stop?signal=FOO");
        Assert.Equal((500, null), (refused.Status, refused.Decision));
        Assert.Contains("FOO", refused.Body, StringComparison.Ordinal);
        Assert.Equal(1, engine.CallsSeen(stuck.Name, "/stop"));

        // 2. When it is stuck, an attempt has failed and its pause is over: a second pause would take ten minutes.
        Assert.Equal(503, (await proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/stop?t=0")).Status);
        Assert.Equal(2, engine.CallsSeen(stuck.Name, "/stop"));
        Assert.NotNull(await Poll.UntilAsync(async () => await engine.OpenCallsAsync() == 0, TimeSpan.FromSeconds(60), 500));
        await Task.Delay(3000);
        for (var seen = 2; seen < 5; seen++)
        {
            refused = await proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/stop?signal=FOO");
            Assert.Equal((500, null), (refused.Status, refused.Decision));
            Assert.Equal(seen + 1, engine.CallsSeen(stuck.Name, "/stop"));
        }

        // 3. So the next real one goes out at once.
        await proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/stop?t=0", TimeSpan.FromSeconds(4));
        Assert.Equal(6, engine.CallsSeen(stuck.Name, "/stop"));
        Assert.Equal(1, await engine.OpenCallsAsync());
    }

    private static async Task RetryAsync(string version, Dockerd engine, Proxy proxy)
    {
        var length = TimeSpan.FromSeconds(Machine.LongForm ? 300 : 80);
        await using var stuck = await IncidentContainer.StartAsync(engine, "kubelet");
        await proxy.Api.GetTextAsync("/_ping");
        var baseline = await engine.QuietAsync();
        var clock = Stopwatch.StartNew();
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(KubeletAsync));
        var (seen, allowed) = (engine.CallsSeen(stuck.Name, "/stop") + engine.CallsSeen(stuck.Id, "/stop"), Allowed(clock.Elapsed));
        Figures.Record($"{version}: attempts in {clock.Elapsed.TotalSeconds:0} s of 5 kubelets: seen, allowed", $"{seen}, {allowed}");
        Figures.Record($"{version}: answers", answers.SelectMany(list => list).Summary());
        Assert.InRange(seen, 1, allowed);
        Assert.All(answers.SelectMany(list => list).Where(answer => answer.Status == 500),
            answer => Assert.Contains("did not receive an exit event", answer.Body, StringComparison.Ordinal));

        await stuck.ThawAsync();
        Assert.NotNull(await Poll.UntilAsync(async () => !(await engine.StateAsync(stuck.Id)).IsRunning, TimeSpan.FromSeconds(20)));
        Assert.NotNull(await engine.BackAsync(baseline, goroutines: 2, descriptors: 2));

        async Task<List<IncidentAnswer>> KubeletAsync(int number)
        {
            List<IncidentAnswer> answers = [];
            await Task.Delay(200 * number);
            while (clock.Elapsed < length)
            {
                // kubelet gives up two minutes after the grace time.
                var patience = TimeSpan.FromSeconds(Math.Min(121, Math.Max(1, (length - clock.Elapsed).TotalSeconds)));
                answers.Add(await proxy.Api.CallAsync("POST", $"/containers/{(number % 2 == 0 ? stuck.Id : stuck.Name)}/stop?t=1", patience));
                await Task.Delay(TimeSpan.FromSeconds(10));
            }

            return answers;
        }
    }

    /// <summary>
    /// Attempts: two at first (maxInFlight), then one after each pause, which begins when the last has ended: 10 s at least after the
    /// engine's SIGKILL.
    /// </summary>
    private static int Allowed(TimeSpan length)
    {
        var (attempts, next) = (2, 0.0);
        for (var i = 0; ; i++)
        {
            next += 10 + Pauses[Math.Min(i, Pauses.Length - 1)];
            if (next > length.TotalSeconds)
                return attempts;
            attempts++;
        }
    }
}
