using System.Diagnostics;
using DockerGuardProxy.EngineTests.Lab;
using DockerGuardProxy.State;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>The proxy is restarted, ended by force and kept from its own files, in the middle of an incident.</summary>
public sealed class ProxyRestartTests
{
    private const string Settings = """{ "patience": "3s", "repeatHold": ["100ms"] }""";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Twenty_restarts_in_an_incident_cost_the_leaky_engine_no_further_call()
    {
        const int Restarts = 20;
        await using var engine = await Dockerd.StartAsync(Dockerd.Leaky);
        await using var proxy = await Proxy.StartHandedAsync(engine, Settings);
        await using var stuck = await IncidentContainer.StartAsync(engine, "stuck");
        await proxy.ReadyAsync();
        var first = await StopAsync(proxy, stuck);
        Assert.Equal(503, first.Status);
        var (seen, open, before) = (Seen(engine, stuck), await engine.OpenCallsAsync(), await engine.QuietAsync());
        var took = new List<TimeSpan>();
        for (var restart = 1; restart <= Restarts; restart++)
        {
            Assert.Equal(0, await proxy.StopAsync(Limit));
            // They wait for it while it is away, and are the first that it meets.
            var calls = new[]
            {
                StopAsync(proxy, stuck), proxy.Api.CallAsync("POST", $"/containers/{stuck.Id}/kill"),
                proxy.Api.CallAsync("DELETE", $"/containers/{stuck.ShortId}?force=1"),
            };
            await proxy.StartAsync();
            var clock = Stopwatch.StartNew();
            foreach (var answer in await Task.WhenAll(calls))
                Assert.Equal((503, "refused", first.Body), (answer.Status, answer.Decision, answer.Body));
            took.Add(clock.Elapsed);
        }

        var after = await engine.QuietAsync();
        Figures.Record($"{Restarts} restarts: terminating calls that reached the engine", Seen(engine, stuck) - seen);
        Figures.Record(
            $"{Restarts} restarts: goroutines, descriptors more",
            $"{after.Goroutines - before.Goroutines:+0;-0;0}, {after.Descriptors - before.Descriptors:+0;-0;0}");
        Figures.Record("refused after the restart, longest", took.Max());
        Assert.Equal((seen, open), (Seen(engine, stuck), await engine.OpenCallsAsync()));
        // What the watch of each process asks comes and goes.
        Assert.InRange(after.Goroutines - before.Goroutines, -20, 8);
        Assert.InRange(after.Descriptors - before.Descriptors, -10, 4);

        // Its end is still told, and the next stop is sent.
        var status = await proxy.StatusAsync();
        Assert.Equal(open, Assert.Single(status.Containers).Open);
        var held = StopAsync(proxy, stuck);
        await stuck.ThawAsync();
        Assert.InRange((await held).Status, 204, 503);
        Assert.NotNull(await proxy.BecomesAsync(now => now.IsEmpty(), Limit));
        Assert.NotNull(await Poll.UntilAsync(() => !File.Exists(Path.Combine(proxy.Folder, StateFile.Name)), Limit));
    }

    [Fact]
    public async Task A_container_that_was_thawed_while_the_proxy_was_away_is_stopped_as_ever()
    {
        await using var engine = await Dockerd.StartAsync(Dockerd.Leaky);
        await using var proxy = await Proxy.StartHandedAsync(engine, Settings);
        await using var stuck = await IncidentContainer.StartAsync(engine, "stuck");
        await proxy.ReadyAsync();
        Assert.Equal(503, (await StopAsync(proxy, stuck)).Status);
        await proxy.StopAsync(Limit);
        Assert.True(File.Exists(Path.Combine(proxy.Folder, StateFile.Name)));
        await stuck.ThawAsync();
        Assert.NotNull(await Poll.UntilAsync(async () => !(await engine.StateAsync(stuck.Id)).IsRunning, Limit));
        Assert.Equal(204, (await engine.Api.CallAsync("POST", $"/containers/{stuck.Name}/start")).Status);
        await proxy.StartAsync();
        var stop = await StopAsync(proxy, stuck);
        Assert.True(stop.Status == 204, stop.Body);
    }

    [Fact]
    public async Task SIGKILL_loses_nothing_that_was_known_for_a_second()
    {
        await using var engine = await Dockerd.StartAsync(Dockerd.Leaky);
        await using var proxy = await Proxy.StartHandedAsync(engine, Settings);
        await using var stuck = await IncidentContainer.StartAsync(engine, "stuck");
        await proxy.ReadyAsync();
        Assert.Equal(503, (await StopAsync(proxy, stuck)).Status);
        await Task.Delay(2000);
        var seen = Seen(engine, stuck);
        await KillAsync(proxy);
        Assert.Equal(503, (await StopAsync(proxy, stuck)).Status);
        Assert.Equal(seen, Seen(engine, stuck));

        // Again and again: then the guard must not be what acts.
        await KillAsync(proxy);
        await KillAsync(proxy);
        var status = await proxy.StatusAsync();
        Assert.Equal(("observe", "crashes"), (status.Configuration.Mode, status.Configuration.HeldBack));
        Assert.Contains("THE GUARD ONLY OBSERVES", await File.ReadAllTextAsync(proxy.Daemon.Log), StringComparison.Ordinal);
        var result = await Command.RunAsync([Proxy.Program, "status", "--admin", proxy.AdminSocket], limit: Limit);
        Assert.Contains("HELD BACK after crashes", result.Output, StringComparison.Ordinal);
        await Command.RunAsync([Proxy.Program, "reload", "--admin", proxy.AdminSocket], limit: Limit);
        status = await proxy.StatusAsync();
        Assert.Equal(("enforce", null), (status.Configuration.Mode, status.Configuration.HeldBack));
    }

    [Fact]
    public async Task Without_room_for_its_state_it_guards_all_the_same()
    {
        await using var engine = await Dockerd.StartAsync(Dockerd.Leaky);
        await using var proxy = await Proxy.StartHandedAsync(engine, Settings);
        await using var stuck = await IncidentContainer.StartAsync(engine, "stuck");
        await proxy.StopAsync(Limit);
        var full = Path.Combine(proxy.Folder, "full");
        Directory.CreateDirectory(full);
        Assert.Equal(0, (await Command.RunAsync(["mount", "-t", "tmpfs", "-o", "size=64k", "none", full], limit: Limit)).ExitCode);
        try
        {
            await Command.RunAsync(["dd", "if=/dev/zero", $"of={full}/filler", "bs=4k"], limit: Limit);
            await File.WriteAllTextAsync(
                proxy.ConfigFile,
                (await File.ReadAllTextAsync(proxy.ConfigFile)).Replace(proxy.AdminSocket, $"{full}/admin.sock", StringComparison.Ordinal));
            await proxy.StartAsync();
            Assert.NotNull(await Poll.UntilAsync(async () => (await proxy.Api.CallAsync("GET", "/_ping")).Status == 200, Limit));
            Assert.Equal(503, (await StopAsync(proxy, stuck)).Status);
            Assert.NotNull(await Poll.UntilAsync(() => proxy.Daemon.Tail().Contains("The state can't be kept in", StringComparison.Ordinal), Limit));
            Assert.Equal(0, await proxy.StopAsync(Limit));
            Assert.Single(File.ReadLines(proxy.Daemon.Log), line => line.Contains("The state can't be kept in", StringComparison.Ordinal));
        }
        finally
        {
            await Command.RunAsync(["umount", "-l", full], limit: Limit);
        }
    }

    [Fact]
    public async Task A_restart_under_load_cuts_streams_at_once_and_tells_waiting_callers()
    {
        const int Streams = 200, PerSecond = 200, Backlog = 128;
        await using var engine = await Dockerd.StartAsync(Dockerd.Leaky);
        await using var proxy = await Proxy.StartHandedAsync(engine, """{ "patience": "3s", "repeatHold": ["10m"] }""", Backlog);
        await using var stuck = await IncidentContainer.StartAsync(engine, "stuck");
        await proxy.ReadyAsync();
        Assert.Equal(503, (await StopAsync(proxy, stuck)).Status);
        var streams = new List<RawClient>();
        try
        {
            for (var i = 0; i < Streams; i++)
            {
                streams.Add(await RawClient.ConnectAsync(proxy.Socket));
                await streams[i].SendAsync("GET /events HTTP/1.1\r\nHost: docker\r\n\r\n");
                Assert.Equal("HTTP/1.1 200 OK", await streams[i].LineAsync(CancellationToken.None));
            }

            await using var load = ShortCalls.Start(proxy.Socket, PerSecond);
            await Task.Delay(1000);
            var held = StopAsync(proxy, stuck);
            Assert.NotNull(await proxy.BecomesAsync(status => status.Calls.Waiting == 1, Limit));
            var clock = Stopwatch.StartNew();
            proxy.Daemon.Signal(15);
            var told = await held;
            Figures.Record("a held caller is told after SIGTERM in", clock.Elapsed);
            Assert.Equal((503, "turned-away", "1"), (told.Status, told.Decision, told.RetryAfter));
            Assert.Equal(0, await proxy.Daemon.WaitAsync(Limit));
            Figures.Record($"{Streams} streams: from SIGTERM to exit", clock.Elapsed);
            await proxy.StartAsync();
            Figures.Record($"{Streams} streams: from SIGTERM to the successor's accepting", clock.Elapsed);
            await load.RecordAsync($"restart with {Streams} streams and a backlog of {Backlog}");
            foreach (var stream in streams)
                Assert.True(await stream.RestAsync(Stream.Null, CancellationToken.None));
        }
        finally
        {
            streams.ForEach(stream => stream.Dispose());
        }
    }

    private static Task<IncidentAnswer> StopAsync(Proxy proxy, IncidentContainer stuck) =>
        proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/stop?t=1", Limit);

    private static int Seen(Dockerd engine, IncidentContainer stuck) =>
        new[] { stuck.Name, stuck.Id, stuck.ShortId }.Sum(reference =>
            engine.CallsSeen($"/{reference}/", "/stop") + engine.CallsSeen($"/{reference}/", "/kill") + engine.CallsSeen("DELETE", $"/{reference}"));

    private static async Task KillAsync(Proxy proxy)
    {
        proxy.Daemon.Signal(9);
        await proxy.Daemon.WaitAsync(Limit);
        await proxy.StartAsync();
    }
}
