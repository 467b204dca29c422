using DockerGuardProxy.Demo.Incident;
using DockerGuardProxy.Demo.Real;
using DockerGuardProxy.Demo.Show;
using DockerGuardProxy.Demo.Simulation;

namespace DockerGuardProxy.Demo.Scenarios;

/// <summary>Stops of a container that SIGKILL can't end: both halves one after the other, each with fresh containers, and their picture.</summary>
internal sealed class StopScenario(Stage stage, PictureFile picture)
{
    /// <summary>Folder of the simulated containers' processes.</summary>
    private const string Procfs = "proc";

    /// <summary>The stuck one and the healthy one.</summary>
    private const int Containers = 2;

    private readonly StopPlayer _player = new(stage.Options, stage.Time, stage.Screen.Progress);

    /// <summary>Plays and shows it.</summary>
    /// <returns>All in one line.</returns>
    public async Task<string> PlayAsync(CancellationToken cancellationToken)
    {
        var (options, screen) = (stage.Options, stage.Screen);
        screen.Title("A container hangs on a dead file system. Its kubelet asks for a stop, gives up, and asks again.");
        screen.Line(
            $"{(options.Engine is { } real ? $"The engine on {real}" : "A simulated dockerd 20.10.5, times shortened")}: "
            + $"one stop each {options.Pace.TotalMilliseconds} ms for {options.Length.TotalSeconds} s.");
        if (options.Engine is not null) screen.Line("It does not tell its open calls: they are counted by its descriptors, give or take a few.");

        screen.Line();
        screen.Title("1. Callers on the engine's own socket");
        var direct = await HalfAsync(isGuarded: false, cancellationToken);

        screen.Line();
        screen.Title("2. The same callers on the proxy's socket");
        var guarded = await HalfAsync(isGuarded: true, cancellationToken);

        screen.Line();
        screen.Title("What it came to");
        foreach (var line in StopReport.Lines(direct, guarded)) screen.Line(line);
        picture.Save(Picture.Draw(direct, guarded));
        screen.Line();
        screen.Line($"Picture: {picture.Path}");
        return StopReport.Sentence(direct, guarded);
    }

    private async Task<StopHalf> HalfAsync(bool isGuarded, CancellationToken cancellationToken)
    {
        if (stage.Options.Engine is { } real)
        {
            await using var play = await RealPlay.PrepareAsync(real, stage.Folder, stage.Leftovers, stage.Time, cancellationToken);
            return await PlayAsync(play, real, isGuarded ? "/proc" : null, cancellationToken);
        }

        var socket = stage.Folder.Socket(isGuarded ? "engine-2.sock" : "engine-1.sock");
        var folder = isGuarded ? stage.Folder.Of(Procfs) : null;
        await using var engine = await SimulatedEngine.StartAsync(
            socket,
            SimulatedEngineOptions.Leaky with { Time = stage.Time, Processes = folder is null ? null : new SimulatedProcfs(folder) });
        return await PlayAsync(await SimulatedPlay.PrepareAsync(engine), socket, folder, cancellationToken);
    }

    /// <param name="engine">The engine, prepared.</param>
    /// <param name="socket">Its socket.</param>
    /// <param name="procfs">Where a proxy sees its processes; null without a proxy.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private Task<StopHalf> PlayAsync(IPlayedEngine engine, string socket, string? procfs, CancellationToken cancellationToken) => procfs is null
        ? _player.PlayAsync("direct", engine, socket, static () => null, static () => Task.FromResult(""), cancellationToken)
        : stage.PlayGuardedAsync(
            "docker",
            socket,
            procfs,
            Containers,
            (proxy, running) => _player.PlayAsync(
                "guarded", engine, proxy.Socket, () => proxy.Memory(), () => proxy.Status.StuckAsync(running), running),
            cancellationToken);
}
