using System.Diagnostics;
using DockerGuardProxy.EngineTests.Lab;
using DockerGuardProxy.State;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>Thousands of tasks of one container hang on one file system.</summary>
public sealed class ManyTasksTests
{
    private const int Tasks = 2000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60), Incident = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task They_cost_hardly_any_CPU_time_are_counted_known_after_a_restart_and_their_thaw_is_noticed()
    {
        await using var engine = await Dockerd.StartAsync(Dockerd.Leaky);
        await using var proxy = await Proxy.StartHandedAsync(engine, """{ "patience": "3s", "repeatHold": ["100ms"] }""");
        // A build with the JIT compiles a second time after half a minute, which is not what is measured; the native one does not.
        proxy.Environment["DOTNET_TieredCompilation"] = "0";
        Assert.Equal(0, await proxy.StopAsync(Limit));
        await proxy.StartAsync();
        await using var disk = await FrozenFileSystem.MountAsync();
        await disk.FreezeAsync();
        var id = await engine.Api.RunAsync(
            "many",
            ["sh", "-c", $"i=0; while [ $i -lt {Tasks} ]; do mkdir /data/d$i & i=$((i+1)); done; wait"],
            new() { ["HostConfig"] = new { Binds = new[] { disk.Folder + ":/data" } } });
        await proxy.ReadyAsync();
        Assert.NotNull(await Poll.UntilAsync(() => Stuck() >= Tasks, TimeSpan.FromSeconds(120), 500));

        // 1. Three are named, the others counted.
        var first = await StopAsync(proxy);
        Assert.Equal(503, first.Status);
        Assert.Contains($" +{Tasks - 3} more in D state", first.Body, StringComparison.Ordinal);

        // 2. Knowing it costs next to nothing; 2,000 tasks read each second and a half are 12 % of a core.
        var (clock, before) = (Stopwatch.StartNew(), Cpu(proxy));
        await Task.Delay(Incident);
        var share = (Cpu(proxy) - before) / clock.Elapsed;
        Figures.Record($"{Tasks} stuck tasks: % of a core", Math.Round(100 * share, 2));
        Assert.InRange(share, 0, 0.03);

        // 3. The next process knows it.
        Assert.InRange(new FileInfo(Path.Combine(proxy.Folder, StateFile.Name)).Length, 1, 16 << 10);
        Assert.Equal(0, await proxy.StopAsync(Limit));
        await proxy.StartAsync();
        Assert.Equal((503, first.Body), await AnswerAsync(proxy));

        // 4. The thaw. The engine is kept from telling of the end.
        Assert.NotNull(
            await proxy.BecomesAsync(status => status.Containers.Any(container => container.Id == id && container.Diagnosis == "d-state"), Limit));
        engine.Daemon.Signal(19);
        try
        {
            await disk.ThawAsync();
            var noticed = await proxy.BecomesAsync(status => status.Containers.All(container => container.Diagnosis != "d-state"), Limit);
            Assert.NotNull(noticed);
            Figures.Record($"{Tasks} stuck tasks: thaw noticed after", noticed.Value);
        }
        finally
        {
            engine.Daemon.Signal(18);
        }
    }

    private static Task<IncidentAnswer> StopAsync(Proxy proxy) => proxy.Api.CallAsync("POST", "/containers/many/stop?t=1");

    private static async Task<(int Status, string Body)> AnswerAsync(Proxy proxy)
    {
        var answer = await StopAsync(proxy);
        return (answer.Status, answer.Body);
    }

    private static TimeSpan Cpu(Proxy proxy)
    {
        using var process = Process.GetProcessById(proxy.Daemon.Pid);
        return process.TotalProcessorTime;
    }

    /// <summary>Processes called mkdir that sleep in D state.</summary>
    private static int Stuck() => Directory.EnumerateDirectories("/proc").Count(static folder =>
    {
        try
        {
            return char.IsAsciiDigit(folder[^1]) && File.ReadAllText(folder + "/stat").Contains(" (mkdir) D ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    });
}
