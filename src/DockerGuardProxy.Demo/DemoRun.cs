using DockerGuardProxy.Demo.Incident;
using DockerGuardProxy.Demo.Proxy;
using DockerGuardProxy.Demo.Show;
using DockerGuardProxy.Demo.Simulation;

namespace DockerGuardProxy.Demo;

/// <summary>The whole demo: both halves, each with a fresh engine, then what they came to.</summary>
internal sealed class DemoRun(DemoOptions options, Screen screen, TimeProvider time)
{
    /// <summary>Runs it; whatever it has made but the picture is gone when this returns or throws.</summary>
    /// <exception cref="DemoException">It can't be played here.</exception>
    /// <exception cref="IOException">A socket in use, no space, or the like.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var folder = new DemoFolder();

        // All files first: want of space is then told at once.
        var settings = folder.Of("proxy.json");
        ProxySettings.Write(settings, options);
        var procfs = new SimulatedProcfs(folder.Of("proc"));
        screen.Title("A container hangs on a dead file system. Its kubelet asks for a stop, gives up, and asks again.");
        screen.Line(
            $"A simulated dockerd 20.10.5, one stop each {options.Pace.TotalMilliseconds} ms for {options.Length.TotalSeconds} s; "
            + "times are shortened.");
        screen.Line();
        var player = new Player(options, time, screen.Progress);

        screen.Title("1. Callers on the engine's own socket");
        var direct = await DirectAsync(player, folder, cancellation);

        screen.Line();
        screen.Title("2. The same callers on the proxy's socket");
        var guarded = await GuardedAsync(player, folder, settings, procfs, cancellation);

        screen.Line();
        screen.Title("What it came to");
        foreach (var line in Report.Lines(direct, guarded)) screen.Line(line);
        var picture = Path.GetFullPath(options.Picture);
        await File.WriteAllTextAsync(picture, Picture.Draw(direct, guarded), cancellation);
        screen.Line();
        screen.Line("* As measured: 63 KiB for each waiting call. All else was counted or timed in this run.");
        screen.Line($"Picture: {picture}");
    }

    private async Task<PlayedHalf> DirectAsync(Player player, DemoFolder folder, CancellationToken cancellation)
    {
        var socket = folder.Socket("direct-engine.sock");
        await using var engine = await SimulatedEngine.StartAsync(socket, SimulatedEngineOptions.Leaky with { Time = time });
        await Player.PrepareAsync(engine.Daemon);
        return await player.PlayAsync("direct", engine, socket, static () => null, static () => Task.FromResult(""), cancellation);
    }

    private async Task<PlayedHalf> GuardedAsync(
        Player player, DemoFolder folder, string settings, SimulatedProcfs procfs, CancellationToken cancellation)
    {
        var (socket, listen, admin) = (folder.Socket("engine.sock"), folder.Socket("docker.sock"), folder.Socket("admin.sock"));
        await using var engine = await SimulatedEngine.StartAsync(
            socket, SimulatedEngineOptions.Leaky with { Time = time, Processes = procfs });
        await Player.PrepareAsync(engine.Daemon);
        string[] arguments = ["run", "--config", settings, "--listen", listen, "--engine", socket, "--admin", admin];
        await using var proxy = await ProxyProcess.StartAsync(listen, arguments, time, cancellation);
        return await player.PlayAsync(
            "guarded",
            engine,
            listen,
            () => proxy.Memory,
            () => ProxyProcess.AskAsync(["status", "--admin", admin], time, cancellation),
            cancellation);
    }
}
