using System.Diagnostics;
using DockerGuardProxy.EngineTests.Guard;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Streams;

/// <summary>
/// The ways in which real clients and containers meet an unread stream, each also directly on the engine's own socket. All run at the same time.
/// </summary>
[Trait("form", "long")]
public sealed class StreamClientTests(Laboratory laboratory)
{
    /// <summary>400 KB: what even one pipe and the sockets take, so that the process ends.</summary>
    private const int Number = 70_000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>For how long a client pauses whose process lives: longer than a stall.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_pager_a_restart_a_shared_pid_namespace_and_a_websocket() =>
        await Task.WhenAll((await laboratory.BenchesAsync(EngineVersions.Names)).Select(static bench => PauseAsync(bench.Engine, bench.Proxy!)));

    private static async Task PauseAsync(Dockerd engine, Proxy proxy)
    {
        await proxy.ReadyAsync();
        await Task.WhenAll(
            PagerAsync(engine, proxy), AfterTheEndAsync(engine, proxy), RestartAsync(engine, proxy),
            UnreadAsync(engine, proxy, "ws", isWebSocket: true), UnreadAsync(engine, proxy, "pid", isWebSocket: false));
        Assert.Equal((0, 0L), ((await proxy.StatusAsync()).Faults, (await proxy.StatusAsync()).HeldBytes));
    }

    /// <summary>Stopped by SIGSTOP while its process lives, and not read while it is killed.</summary>
    private static async Task PagerAsync(Dockerd engine, Proxy proxy)
    {
        var since = IncidentEngine.Now();
        using var ours = PausedCli.Run(proxy.Socket, "pager", PausedClient.Writer());
        using var direct = PausedCli.Run(engine.Socket, "pager-directly", PausedClient.Writer());
        foreach (var cli in new[] { ours, direct }) await cli.ReadAsync(1024, Limit);
        ours.Freeze();
        await Paused.BlockedAsync(await Paused.PidAsync(engine, "pager"));
        await Task.Delay(Pause);
        Assert.True((await engine.StateAsync("pager")).IsRunning);
        Assert.DoesNotContain(
            (await proxy.StatusAsync()).Streams!, stream => stream.ContainerName == "pager" && (stream.TakenOver || stream.ProcessEnded));
        ours.Thaw();
        await ours.ReadAsync(4 << 20, Limit);

        foreach (var name in new[] { "pager", "pager-directly" }) await Paused.BlockedAsync(await Paused.PidAsync(engine, name));
        var clock = Stopwatch.StartNew();
        var kills = Task.WhenAll(proxy.Api.PostAsync("/containers/pager/kill"), engine.Api.PostAsync("/containers/pager-directly/kill"));
        var died = await DiedAsync(engine, "pager", since);
        Figures.Record($"{engine.Version}: docker run that is not read, kill until die", died);
        Assert.True(died < Paused.Bound, $"die came {died} after the kill");
        if (clock.Elapsed < Paused.Direct) await Task.Delay(Paused.Direct - clock.Elapsed);
        var stayed = await engine.EventsAsync("pager-directly", "die", since) == 0;
        Figures.Record($"{engine.Version}: docker run directly, no die within {Paused.Direct.TotalSeconds} s", stayed);
        Assert.True(stayed);
        Assert.Equal((137, 137), (await ours.RestAsync(Limit), await direct.RestAsync(Limit)));
        await kills;
        Figures.Record($"{engine.Version}: docker run, bytes after the pause, ours and directly", $"{ours.Count}, {direct.Count}");
    }

    /// <summary>Output that fits the buffers, and an end of its own: the client pauses before and after it.</summary>
    private static async Task AfterTheEndAsync(Dockerd engine, Proxy proxy)
    {
        var since = IncidentEngine.Now();
        using var ours = PausedCli.Run(proxy.Socket, "ends", $"seq 1 {Number}; exit 3");
        using var direct = PausedCli.Run(engine.Socket, "ends-directly", $"seq 1 {Number}; exit 3");
        var died = await Task.WhenAll(DiedAsync(engine, "ends", since), DiedAsync(engine, "ends-directly", since));
        Figures.Record($"{engine.Version}: docker run of 400 KB that is not read until die, ours and directly", $"{died[0]}, {died[1]}");
        await Task.Delay(Pause);
        Assert.Equal((3, 3), (await ours.RestAsync(Limit), await direct.RestAsync(Limit)));
        Assert.Equal((Number, Number), (ours.Last, direct.Last));
    }

    /// <summary>The next run waits for the end of this one.</summary>
    private static async Task RestartAsync(Dockerd engine, Proxy proxy)
    {
        var policy = new Dictionary<string, object> { ["HostConfig"] = new { RestartPolicy = new { Name = "always" } } };
        using var ours = await Paused.WriteAsync(engine, proxy.Socket, "again", body: policy);
        using var direct = await Paused.WriteAsync(engine, engine.Socket, "again-directly", body: policy);
        foreach (var id in new[] { ours.Id, direct.Id })
        {
            var pid = await Paused.PidAsync(engine, id);
            await Paused.BlockedAsync(pid);
            Paused.Kill(pid, 9);
        }

        var clock = Stopwatch.StartNew();
        var restarted = await Poll.UntilAsync(async () => await engine.EventsAsync(ours.Id, "start", ours.Since) == 2, Limit);
        Assert.NotNull(restarted);
        Figures.Record($"{engine.Version}: restart by policy, end of the process until the next start", restarted.Value);
        Assert.True(restarted < Paused.Bound, $"started {restarted} after the end");
        if (clock.Elapsed < Paused.Direct) await Task.Delay(Paused.Direct - clock.Elapsed);
        Assert.Equal(1, await engine.EventsAsync(direct.Id, "start", direct.Since));
        Assert.True(await ours.Client.RestAsync(Limit), "no end of stream");
        Assert.True(ours.Client.LastNumber() > 10_000);
        direct.Dispose();
        await Task.WhenAll(engine.Api.RemoveAsync(ours.Id), engine.Api.RemoveAsync(direct.Id));
    }

    /// <summary>An attach over a websocket, or of a container that is in another's pid namespace.</summary>
    private static async Task UnreadAsync(Dockerd engine, Proxy proxy, string name, bool isWebSocket)
    {
        Dictionary<string, object>? body = null;
        if (!isWebSocket)
        {
            var other = await engine.Api.RunAsync("host-of-pids", ["sleep", "10000"]);
            body = new() { ["HostConfig"] = new { PidMode = $"container:{other}" } };
        }

        using var ours = await Paused.WriteAsync(engine, proxy.Socket, name, body: body, isWebSocket: isWebSocket);
        using var direct = await Paused.WriteAsync(engine, engine.Socket, name + "-directly", body: body, isWebSocket: isWebSocket);
        foreach (var id in new[] { ours.Id, direct.Id }) await Paused.BlockedAsync(await Paused.PidAsync(engine, id));
        var clock = Stopwatch.StartNew();
        var kills = Task.WhenAll(proxy.Api.PostAsync($"/containers/{ours.Id}/kill"), engine.Api.PostAsync($"/containers/{direct.Id}/kill"));
        var died = await DiedAsync(engine, ours.Id, ours.Since);
        Figures.Record($"{engine.Version}: attach ({name}), kill until die", died);
        Assert.True(died < Paused.Bound, $"{name}: die came {died} after the kill");
        if (clock.Elapsed < Paused.Direct) await Task.Delay(Paused.Direct - clock.Elapsed);
        var stayed = await engine.EventsAsync(direct.Id, "die", direct.Since) == 0;
        Figures.Record($"{engine.Version}: attach ({name}) directly, no die within {Paused.Direct.TotalSeconds} s", stayed);
        Assert.True(stayed, name);
        Assert.True(await ours.Client.RestAsync(Limit), "no end of stream");
        Assert.True(await direct.Client.RestAsync(Limit), "no end of stream directly");
        await kills;
        if (!isWebSocket) Assert.True(ours.Client.LastNumber() > 10_000);
    }

    private static async Task<TimeSpan> DiedAsync(Dockerd engine, string container, string since)
    {
        var died = await Poll.UntilAsync(async () => await engine.EventsAsync(container, "die", since) == 1, Limit);
        Assert.True(died is not null, $"{container} did not die");
        return died.Value;
    }
}
