using DockerGuardProxy.Demo.Incident;
using DockerGuardProxy.Demo.Proxy;
using DockerGuardProxy.Demo.Real;
using DockerGuardProxy.Demo.Show;
using DockerGuardProxy.Demo.Simulation;

namespace DockerGuardProxy.Demo;

/// <summary>The whole demo: both halves, each with fresh containers, then what they came to.</summary>
internal sealed class DemoRun(DemoOptions options, Screen screen, Leftovers leftovers, TimeProvider time)
{
    /// <summary>Folder of the simulated containers' processes.</summary>
    private const string Procfs = "proc";

    /// <summary>The stuck one and the healthy one.</summary>
    private const int Containers = 2;

    /// <summary>Where an operator switches off every guard of a machine; see the daemon's <c>ConfigurationSources</c>.</summary>
    private const string OffSwitch = "/etc/docker-guard-proxy/off";

    /// <summary>Runs it; whatever it has made but the picture is gone when this returns or throws, or is among the leftovers.</summary>
    /// <exception cref="DemoException">It can't be played here.</exception>
    /// <exception cref="IOException">A socket in use, no space, or the like.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(OffSwitch)) throw new DemoException($"{OffSwitch} is there and switches off every guard, the demo's too");

        // All files first: what can't be written is then told at once.
        var picture = PictureFile.Probe(options.Picture);
        using var folder = new DemoFolder(leftovers);
        var settings = folder.Of("proxy.json");
        ProxySettings.Write(settings, options);
        var procfs = new SimulatedProcfs(folder.Of(Procfs));

        screen.Title("A container hangs on a dead file system. Its kubelet asks for a stop, gives up, and asks again.");
        screen.Line(
            $"{(options.Engine is { } real ? $"The engine on {real}" : "A simulated dockerd 20.10.5, times shortened")}: "
            + $"one stop each {options.Pace.TotalMilliseconds} ms for {options.Length.TotalSeconds} s.");
        if (options.Engine is not null) screen.Line("It does not tell its open calls: they are counted by its descriptors, give or take a few.");
        var player = new Player(options, time, screen.Progress);

        screen.Line();
        screen.Title("1. Callers on the engine's own socket");
        var direct = options.Engine is { } engine
            ? await RealAsync(player, folder, engine, null, cancellationToken)
            : await SimulatedAsync(player, folder, "engine-1.sock", null, null, cancellationToken);

        screen.Line();
        screen.Title("2. The same callers on the proxy's socket");
        var guarded = options.Engine is { } again
            ? await RealAsync(player, folder, again, settings, cancellationToken)
            : await SimulatedAsync(player, folder, "engine-2.sock", settings, procfs, cancellationToken);

        screen.Line();
        screen.Title("What it came to");
        foreach (var line in Report.Lines(direct, guarded)) screen.Line(line);
        picture.Save(Picture.Draw(direct, guarded));
        screen.Line();
        screen.Line($"Picture: {picture.Path}");
    }

    private async Task<PlayedHalf> SimulatedAsync(
        Player player, DemoFolder folder, string name, string? settings, SimulatedProcfs? procfs, CancellationToken cancellationToken)
    {
        var socket = folder.Socket(name);
        await using var engine = await SimulatedEngine.StartAsync(
            socket, SimulatedEngineOptions.Leaky with { Time = time, Processes = procfs });
        return await PlayAsync(player, folder, await SimulatedPlay.PrepareAsync(engine), socket, settings, cancellationToken);
    }

    private async Task<PlayedHalf> RealAsync(
        Player player, DemoFolder folder, string socket, string? settings, CancellationToken cancellationToken)
    {
        await using var play = await RealPlay.PrepareAsync(socket, folder, leftovers, time, cancellationToken);
        return await PlayAsync(player, folder, play, socket, settings, cancellationToken);
    }

    private async Task<PlayedHalf> PlayAsync(
        Player player, DemoFolder folder, IPlayedEngine engine, string socket, string? settings, CancellationToken cancellationToken)
    {
        if (settings is null)
            return await player.PlayAsync("direct", engine, socket, static () => null, static () => Task.FromResult(""), cancellationToken);

        var (listen, admin) = (folder.Socket("docker.sock"), folder.Socket("admin.sock"));
        var procfs = options.Engine is null ? folder.Of(Procfs) : "/proc";
        string[] arguments =
            ["run", "--config", settings, "--listen", listen, "--engine", socket, "--admin", admin, "--procfs", procfs];
        await using var proxy = await ProxyProcess.StartAsync(listen, arguments, time, cancellationToken);
        var status = new ProxyStatus(admin, time);
        return await proxy.WhileItRunsAsync(
            async running =>
            {
                await status.KnowsAsync(Containers, running);
                return await player.PlayAsync("guarded", engine, listen, () => proxy.Memory, () => status.StuckAsync(running), running);
            },
            cancellationToken);
    }
}
