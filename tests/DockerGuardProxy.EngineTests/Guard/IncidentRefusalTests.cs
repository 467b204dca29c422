using System.Diagnostics;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>What a patient caller reads, and what becomes of those who wait when the container can end at last.</summary>
public sealed class IncidentRefusalTests(Laboratory laboratory)
{
    [Fact]
    public async Task A_patient_caller_reads_who_is_stuck_and_each_repeat_reads_the_same()
    {
        var (engine, proxy) = await laboratory.BenchAsync(Dockerd.Leaky);
        await using var stuck = await IncidentContainer.StartAsync(engine, "told", new()
        {
            ["io.kubernetes.pod.name"] = "web-7f9c",
            ["io.kubernetes.pod.namespace"] = "shop",
        });

        var first = await proxy!.Api.CallAsync("POST", $"/containers/{stuck.Name}/stop?t=1");
        var (pid, comm) = Assert.Single(stuck.Blocked());
        Assert.Equal((503, "refused", "application/json"), (first.Status, first.Decision, first.ContentType));
        Assert.InRange(int.Parse(first.RetryAfter!), 1, 3600);
        Figures.Record("first refusal after SIGKILL was due (patience 11 s)", first.Took - TimeSpan.FromSeconds(1));
        Assert.True(first.Took >= TimeSpan.FromSeconds(12), $"refused {first.Took} after its arrival");
        TestContext.Current.TestOutputHelper!.WriteLine(first.Body);
        Assert.Contains($"container told ({stuck.ShortId}) of pod shop/web-7f9c ", first.Body, StringComparison.Ordinal);
        Assert.Contains($"pid {pid} ({comm}) at percpu_rwsem_wait on ext4 ", first.Body, StringComparison.Ordinal);
        Assert.InRange(first.Body.Length, 1, 400);

        // Other callers, other references and other calls: the same line.
        (string Path, int Hold)[] repeats = [($"{stuck.Name}/stop?t=1", 5), ($"{stuck.ShortId}/restart?t=1", 30)];
        foreach (var (path, hold) in repeats)
        {
            var repeat = await proxy.Api.CallAsync("POST", $"/containers/{path}");
            Figures.Record($"repeat held (repeatHold {hold} s)", repeat.Took);
            Assert.Equal((503, first.Body), (repeat.Status, repeat.Body));
            Assert.True(repeat.Took >= TimeSpan.FromSeconds(hold - 0.5), $"held for {repeat.Took} only");
        }

        Assert.Equal(1, await engine.OpenCallsAsync());
        Assert.Equal(1, engine.CallsSeen(stuck.Name, "/stop"));
    }

    [Fact]
    public async Task After_the_thaw_all_that_wait_are_answered_and_nothing_is_left()
    {
        var (engine, proxy) = await laboratory.BenchAsync(Dockerd.Leaky);
        await using var stuck = await IncidentContainer.StartAsync(engine, "thawed");
        await proxy!.Api.GetTextAsync("/_ping");
        var baseline = await engine.QuietAsync();
        var own = proxy.Daemon.Sockets();

        // 1. Until it is stuck: all are told.
        string Path(int i) => (i % 3) switch
        {
            0 => $"/containers/{stuck.Name}/stop?t=1",
            1 => $"/containers/{stuck.ShortId}/kill",
            _ => $"/containers/{stuck.Id}/stop?t=1",
        };
        var told = await Task.WhenAll(Enumerable.Range(0, 15).Select(i => proxy.Api.CallAsync("POST", Path(i))));
        Assert.All(told, answer => Assert.Equal(503, answer.Status));
        // 2. A repeat is told soon; those that come next are held for longer.
        Assert.Equal(503, (await proxy.Api.CallAsync("POST", Path(0))).Status);
        var waiting = Enumerable.Range(0, 15).Select(i => proxy.Api.CallAsync("POST", Path(i))).ToArray();
        await Task.Delay(2000);
        Assert.DoesNotContain(waiting, call => call.IsCompleted);
        Assert.InRange(await engine.OpenCallsAsync(), 1, 3);

        // 3. The thaw.
        var clock = Stopwatch.StartNew();
        await stuck.ThawAsync();
        var answers = await Task.WhenAll(waiting);
        Figures.Record("thaw until 15 waiting callers were answered", clock.Elapsed);
        Figures.Record("their answers", answers.Summary());
        Assert.All(answers, answer => Assert.Equal(204, answer.Status));
        Assert.False((await engine.StateAsync(stuck.Id)).IsRunning);
        Assert.NotNull(await engine.BackAsync(baseline, goroutines: 1, descriptors: 1));
        Assert.Equal(0, await engine.OpenCallsAsync());
        Figures.Record("thaw until the engine was back at its baseline", clock.Elapsed);
        Assert.NotNull(await Poll.UntilAsync(() => proxy.Daemon.Sockets() <= own + 1, TimeSpan.FromSeconds(30)));
        Figures.Record("thaw until the proxy was back at its baseline", clock.Elapsed);

        // 4. The ledger has forgotten it: calls go through as on the first day.
        Assert.Equal(304, (await proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/stop?t=1")).Status);
        Assert.Equal(204, (await proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/start")).Status);
        Assert.Equal(204, (await proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/kill")).Status);
    }

    [Fact]
    public async Task A_hundred_restarts_held_at_the_thaw_become_one()
    {
        var (engine, proxy) = await laboratory.BenchAsync(Dockerd.Leaky);
        await using var stuck = await IncidentContainer.StartAsync(engine, "again");
        var since = IncidentEngine.Now();
        var stops = Enumerable.Range(0, 2).Select(_ => proxy!.Api.CallAsync("POST", $"/containers/{stuck.Name}/stop?t=1", TimeSpan.FromSeconds(30)))
            .ToArray();
        await Task.Delay(300);
        var restarts = Enumerable.Range(0, 100).Select(_ => proxy!.Api.CallAsync("POST", $"/containers/{stuck.Name}/restart?t=1")).ToArray();
        await Task.Delay(6000);
        Assert.DoesNotContain(stops.Concat(restarts), call => call.IsCompleted);
        await stuck.ThawAsync();
        var clock = Stopwatch.StartNew();
        Assert.All(await Task.WhenAll(restarts), answer => Assert.Equal(204, answer.Status));
        Figures.Record("thaw until 100 restarts were answered", clock.Elapsed);
        Assert.All(await Task.WhenAll(stops), answer => Assert.Equal(204, answer.Status));
        Assert.Equal(1, await engine.EventsAsync(stuck.Id, "start", since));
        Assert.True((await engine.StateAsync(stuck.Id)).IsRunning);
        Assert.Equal(1, engine.CallsSeen(stuck.Name, "/restart") + engine.CallsSeen(stuck.Id, "/restart"));
    }
}
