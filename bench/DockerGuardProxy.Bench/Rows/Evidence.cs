using System.Diagnostics;
using DockerGuardProxy.Bench.Peers;
using DockerGuardProxy.Bench.Results;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Bench.Rows;

/// <summary>What it costs to know that containers are stuck, for as long as they are, and how soon a thaw is noticed.</summary>
internal static class Evidence
{
    private const string Cost = "CPU, % of a core", Found = "stuck after SIGKILL, s", Thaw = "thaw noticed after, s";
    private const int Stop = 19, Continue = 18;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    public static async Task<Table> RunAsync(BenchSettings settings)
    {
        var table = Tables.OfOne(
            "Evidence",
            "Containers whose tasks (processes) all hang on one frozen file system, killed through the proxy (patience 3 s): CPU time of the proxy\n"
            + $"over {settings.Incident.TotalSeconds:0} s of the incident, all that it does counted; and how long after the thaw the last of them no\n"
            + "longer counts as stuck by its tasks, with the engine stopped, so that no event of it tells.",
            Cost, Found, Thaw);
        var (containersOfMany, tasksOfMany) = (settings.StuckContainers, settings.StuckTasks);
        foreach (var (containers, tasks) in new[] { (1, 1), (1, 100), (1, tasksOfMany), (containersOfMany, 1), (containersOfMany, 100) })
            await MeasureAsync(table, settings, containers, tasks);
        return table;
    }

    private static async Task MeasureAsync(Table table, BenchSettings settings, int containers, int tasks)
    {
        var row = $"{containers:#,0} container{(containers == 1 ? "" : "s")}, {tasks:#,0} task{(tasks == 1 ? "" : "s")} each";
        await using var engine = await Dockerd.StartAsync(Dockerd.Installed);
        await using var proxy = await Proxy.StartAsync(engine, """{ "patience": "3s", "repeatHold": ["1h"] }""");
        await using var disk = await FrozenFileSystem.MountAsync();
        await disk.FreezeAsync();
        for (var i = 0; i < containers; i++)
        {
            await engine.Api.RunAsync(
                $"stuck-{i}",
                ["sh", "-c", $"i=0; while [ $i -lt {tasks} ]; do touch /data/f & i=$((i+1)); done; wait"],
                new() { ["HostConfig"] = new { Binds = new[] { disk.Folder + ":/data" } } });
        }

        if (await Poll.UntilAsync(() => Stuck() >= containers * tasks, Limit, 500) is null)
            throw new InvalidOperationException($"only {Stuck()} tasks are stuck");

        using var admin = new EngineApi(proxy.AdminSocket);
        using var leave = new CancellationTokenSource();
        var clock = Stopwatch.StartNew();
        var callers = Enumerable.Range(0, containers).Select(i => proxy.Api.PostAsync($"/containers/stuck-{i}/kill", null, leave.Token)).ToArray();
        if (await Poll.UntilAsync(async () => (await StatusAsync(admin)).Stuck == containers, Limit, 100) is null)
            throw new InvalidOperationException($"only {(await StatusAsync(admin)).Stuck} containers are stuck");
        table.Add(row, Found, clock.Elapsed.TotalSeconds);
        await Task.Delay(settings.Settle);

        var peer = new Peer("", proxy.Socket, proxy.Daemon);
        clock.Restart();
        var before = peer.CpuSeconds();
        await Task.Delay(settings.Incident);
        table.Add(row, Cost, 100 * (peer.CpuSeconds() - before) / clock.Elapsed.TotalSeconds);

        engine.Daemon.Signal(Stop);
        try
        {
            await disk.ThawAsync();
            clock.Restart();
            if (await Poll.UntilAsync(async () => (await StatusAsync(admin)).InDState == 0, Limit, 20) is null)
                throw new InvalidOperationException("the thaw was not noticed");
            table.Add(row, Thaw, clock.Elapsed.TotalSeconds);
        }
        finally
        {
            engine.Daemon.Signal(Continue);
        }

        await leave.CancelAsync();
        await Task.WhenAll(callers.Select(caller => caller.ContinueWith(static _ => { }, TaskScheduler.Default)));
    }

    private static async Task<(int Stuck, int InDState)> StatusAsync(EngineApi admin)
    {
        var status = await admin.GetAsync("/v1/status");
        return (
            status.GetProperty("stuckContainers").GetInt32(),
            status.GetProperty("containers").EnumerateArray().Count(container => container.GetProperty("diagnosis").GetString() == "d-state"));
    }

    /// <summary>Processes called touch that sleep in D state.</summary>
    private static int Stuck() => Directory.EnumerateDirectories("/proc", "*").Count(static folder =>
    {
        try
        {
            return char.IsAsciiDigit(folder[^1]) && File.ReadAllText(folder + "/stat").Contains(" (touch) D ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    });
}
