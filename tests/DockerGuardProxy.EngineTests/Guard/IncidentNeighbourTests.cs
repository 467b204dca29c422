using System.Diagnostics;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>While one container is stuck and its callers wait, all else is as without the proxy.</summary>
public sealed class IncidentNeighbourTests(Laboratory laboratory)
{
    [Fact]
    public async Task Other_calls_and_other_containers_feel_nothing_of_it()
    {
        var (engine, proxy) = await laboratory.BenchAsync(Dockerd.Leaky);
        await using var stuck = await IncidentContainer.StartAsync(engine, "stuck");
        using var end = new CancellationTokenSource();
        var retries = RetryAsync(proxy!, stuck, end.Token);
        await Task.Delay(2000);

        // 1. Signals that are none of the guard's, and reads, of the stuck container itself.
        Assert.Equal(204, (await proxy!.Api.CallAsync("POST", $"/containers/{stuck.Name}/kill?signal=HUP", TimeSpan.FromSeconds(20))).Status);
        string[] reads =
        [
            "/containers/json?all=1", $"/containers/{stuck.Name}/json", $"/containers/{stuck.Name}/logs?stdout=1", "/info", "/version",
            "/images/json",
            $"/containers/{stuck.Name}/stats?stream=false", $"/containers/{stuck.Name}/changes", $"/containers/{stuck.Name}/top",
        ];
        foreach (var read in reads)
            Assert.True((await proxy.Api.CallAsync("GET", read, TimeSpan.FromSeconds(20))).Status == 200, read);

        // 2. The stop of another container.
        await engine.Api.CreateAsync("other", ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.05; done"]);
        var (direct, proxied) = (new List<double>(), new List<double>());
        for (var i = 0; i < 7; i++)
        {
            direct.Add(await StopTimeAsync(engine, engine.Api));
            proxied.Add(await StopTimeAsync(engine, proxy.Api));
        }

        Figures.Record("stop of another container, median of 7, ms: directly, through the proxy, ratio",
            $"{Median(direct):0}, {Median(proxied):0}, {Median(proxied) / Median(direct):0.00}");

        // 3. A kill while a healthy container's long stop waits.
        await engine.Api.RunAsync("healthy", ["sleep", "1000"]);
        var stop = proxy.Api.CallAsync("POST", "/containers/healthy/stop?t=600");
        await Task.Delay(1000);
        Assert.False(stop.IsCompleted);
        var kill = await proxy.Api.CallAsync("POST", "/containers/healthy/kill", TimeSpan.FromSeconds(60));
        Assert.Equal((204, 204), (kill.Status, (await stop).Status));
        Figures.Record("kill while stop -t 600 waits", kill.Took);

        // 4. docker run --rm.
        var run = await Command.RunAsync(
            ["docker", "-H", "unix://" + proxy.Socket, "run", "--rm", "--name", "once", Dockerd.Image, "sh", "-c", "echo out; exit 3"]);
        Assert.Equal((3, "out\n"), (run.ExitCode, run.Output));
        Assert.NotNull(
            await Poll.UntilAsync(async () => (await engine.Api.CallAsync("GET", "/containers/once/json")).Status == 404, TimeSpan.FromSeconds(20)));

        await end.CancelAsync();
        await retries;
        Assert.InRange(await engine.OpenCallsAsync(), 1, 2);
    }

    [Fact]
    public async Task Restart_policies_work_during_it()
    {
        var (engine, proxy) = await laboratory.BenchAsync(Dockerd.Leaky);
        await using var stuck = await IncidentContainer.StartAsync(engine, "stuck");
        using var end = new CancellationTokenSource();
        var retries = RetryAsync(proxy!, stuck, end.Token);

        Dictionary<string, object> always = new() { ["HostConfig"] = new { RestartPolicy = new { Name = "always" } } };
        var id = await proxy!.Api.RunAsync("always", ["sleep", "1000"], always);
        var since = IncidentEngine.Now();

        // 1. One that dies by itself is started again by the engine.
        using (var init = Process.GetProcessById(
            (await engine.Api.GetAsync("/containers/always/json")).GetProperty("State").GetProperty("Pid").GetInt32()))
        {
            init.Kill();
        }
        Assert.NotNull(await Poll.UntilAsync(async () => await engine.EventsAsync(id, "start", since) == 1, TimeSpan.FromSeconds(20)));

        // 2. Restarts, stops and kills in the new run do what they do directly.
        Assert.Equal(204, (await proxy.Api.CallAsync("POST", "/containers/always/restart?t=1")).Status);
        Assert.True((await engine.StateAsync(id)).IsRunning);
        Assert.Equal(204, (await proxy.Api.CallAsync("POST", "/containers/always/stop?t=1")).Status);
        Assert.False((await engine.StateAsync(id)).IsRunning);
        Assert.Equal(204, (await proxy.Api.CallAsync("POST", "/containers/always/start")).Status);
        Assert.Equal(204, (await proxy.Api.CallAsync("POST", "/containers/always/kill")).Status);
        await Task.Delay(1500);
        Assert.False((await engine.StateAsync(id)).IsRunning);
        Assert.Equal(3, await engine.EventsAsync(id, "start", since));

        await end.CancelAsync();
        await retries;
    }

    [Fact]
    public async Task Fifty_parallel_stops_of_healthy_containers_end_as_directly()
    {
        var (engine, proxy) = await laboratory.BenchAsync(Dockerd.Leaky);
        await using var stuck = await IncidentContainer.StartAsync(engine, "stuck");
        using var end = new CancellationTokenSource();
        var retries = RetryAsync(proxy!, stuck, end.Token);
        var names = Enumerable.Range(0, 50).Select(i => $"many{i}").ToArray();
        // Half of them end on SIGTERM, half only by SIGKILL.
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (name, _) => await engine.Api.CreateAsync(
            name, int.Parse(name[4..]) % 2 == 0 ? ["sleep", "1000"] : ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.5; done"]));
        var direct = await StopAllAsync(engine.Api);
        var proxied = await StopAllAsync(proxy!.Api);
        Figures.Record("50 parallel stops: directly, through the proxy, s", $"{direct.Took.TotalSeconds:0.0}, {proxied.Took.TotalSeconds:0.0}");
        Assert.Equal(direct.Statuses, proxied.Statuses);
        Assert.All(proxied.Statuses, status => Assert.Equal(204, status));

        await end.CancelAsync();
        await retries;

        async Task<(int[] Statuses, TimeSpan Took)> StopAllAsync(EngineApi api)
        {
            await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = 8 },
                async (name, end) => await engine.Api.PostAsync($"/containers/{name}/start", cancellationToken: end));
            var clock = Stopwatch.StartNew();
            var answers = await Task.WhenAll(names.Select(name => api.CallAsync("POST", $"/containers/{name}/stop?t=2")));
            var took = clock.Elapsed;
            foreach (var name in names)
                Assert.False((await engine.StateAsync(name)).IsRunning, name);
            return ([.. answers.Select(answer => answer.Status)], took);
        }
    }

    [Fact]
    public async Task A_held_call_never_hits_a_later_container_of_the_same_name()
    {
        var (engine, proxy) = await laboratory.BenchAsync(Dockerd.Leaky);
        await using var stuck = await IncidentContainer.StartAsync(engine, "web");
        var since = IncidentEngine.Now();
        var (stops, restarts) = await HoldAsync(proxy!, "web", t: 1);

        // 1. The stuck one is renamed, another one gets its name.
        Assert.Equal(204, (await proxy!.Api.CallAsync("POST", "/containers/web/rename?name=web-old", TimeSpan.FromSeconds(20))).Status);
        var next = await proxy.Api.RunAsync("web", ["sleep", "1000"]);
        var begun = await engine.StateAsync(next);
        await Task.Delay(1000);
        await stuck.ThawAsync();
        Figures.Record(
            "renamed while held, stops and restarts", $"{(await Task.WhenAll(stops)).Summary()}; {(await Task.WhenAll(restarts)).Summary()}");
        Assert.All(await Task.WhenAll(stops), answer => Assert.Equal(204, answer.Status));
        Assert.All(await Task.WhenAll(restarts), answer => Assert.Equal(204, answer.Status));
        Assert.Equal((true, begun.StartedAt), await engine.StateAsync(next));
        Assert.True((await engine.StateAsync(stuck.Id)).IsRunning);
        Assert.Equal(1, await engine.EventsAsync(stuck.Id, "start", since));
        // A new call by that name means the new one.
        Assert.Equal(204, (await proxy.Api.CallAsync("POST", "/containers/web/stop?t=1")).Status);
        Assert.False((await engine.StateAsync(next)).IsRunning);
        await engine.Api.RemoveAsync("web-old");

        // 2. A healthy one is removed while calls on it wait, and made anew.
        var first = await proxy.Api.RunAsync("api", ["sleep", "1000"]);
        (stops, restarts) = await HoldAsync(proxy, "api", t: 600);
        Assert.Equal(204, (await proxy.Api.CallAsync("DELETE", "/containers/api?force=1", TimeSpan.FromSeconds(20))).Status);
        var second = await proxy.Api.RunAsync("api", ["sleep", "1000"]);
        begun = await engine.StateAsync(second);
        Figures.Record(
            "removed while held, stops and restarts", $"{(await Task.WhenAll(stops)).Summary()}; {(await Task.WhenAll(restarts)).Summary()}");
        Assert.All(await Task.WhenAll(stops), answer => Assert.Equal(204, answer.Status));
        Assert.All(await Task.WhenAll(restarts), answer => Assert.NotEqual(204, answer.Status));
        Assert.Equal((true, begun.StartedAt), await engine.StateAsync(second));
        Assert.NotEqual(first, second);
    }

    /// <summary>Two stops that are open, one that has joined them, three restarts that are held.</summary>
    private static async Task<(Task<IncidentAnswer>[] Stops, Task<IncidentAnswer>[] Restarts)> HoldAsync(Proxy proxy, string name, int t)
    {
        var patience = TimeSpan.FromSeconds(30);
        var stops = Enumerable.Range(0, 3).Select(_ => proxy.Api.CallAsync("POST", $"/containers/{name}/stop?t={t}", patience)).ToArray();
        await Task.Delay(500);
        var restarts = Enumerable.Range(0, 3).Select(_ => proxy.Api.CallAsync("POST", $"/containers/{name}/restart?t={t}", patience)).ToArray();
        await Task.Delay(1500);
        Assert.DoesNotContain(stops.Concat(restarts), call => call.IsCompleted);
        return (stops, restarts);
    }

    /// <summary>Impatient retries in the background, until told to end.</summary>
    private static async Task RetryAsync(Proxy proxy, IncidentContainer stuck, CancellationToken cancellationToken)
    {
        List<Task> calls = [];
        while (!cancellationToken.IsCancellationRequested)
        {
            calls.Add(proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/stop?t=1", TimeSpan.FromSeconds(4)));
            await Task.Delay(100, CancellationToken.None);
        }

        await Task.WhenAll(calls);
    }

    private static async Task<double> StopTimeAsync(Dockerd engine, EngineApi api)
    {
        await engine.Api.PostAsync("/containers/other/start");
        await Task.Delay(300);
        var answer = await api.CallAsync("POST", "/containers/other/stop?t=10");
        Assert.Equal(204, answer.Status);
        return answer.Took.TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
