using System.Globalization;
using DockerGuardProxy.Demo.Incident;
using DockerGuardProxy.Demo.Real;
using DockerGuardProxy.Demo.Show;

namespace DockerGuardProxy.Demo.Scenarios;

/// <summary>Looks at a container whose lock hangs: both sides at once, on a real engine one after the other.</summary>
internal sealed class LockScenario(Stage stage)
{
    private const int Containers = 2;

    /// <summary>What happens.</summary>
    public const string Title = "A container's shim hangs, somebody pauses the container, and the engine waits for the shim under the container's lock.";

    /// <summary>How it is played.</summary>
    public string Terms => string.Create(
        CultureInfo.InvariantCulture,
        $"One look each {stage.Options.LookPace.TotalMilliseconds} ms for {stage.Options.LookLength.TotalSeconds} s by callers who leave after "
        + $"{stage.Options.LookPatience.TotalSeconds} s; one waits. {(stage.Options.Engine is null ? "Times are shortened: a" : "A")} "
        + $"lock is slow after {stage.Options.LockSlow.TotalSeconds} s{(stage.Options.Engine is null ? ", as shipped 2 s" : "")}.");

    /// <summary>Plays it.</summary>
    public async Task<PlayedScenario> PlayAsync(CancellationToken cancellationToken)
    {
        var player = new LockPlayer(stage.Options, stage.Time);
        var (direct, guarded) = stage.Options.Engine is { } real
            ? await stage.PlayInTurnAsync<RealLock, LockHalf>(
                "lock",
                real,
                Containers,
                running => RealLock.PrepareAsync(real, stage.Leftovers, stage.Time, running),
                SideAsync,
                cancellationToken)
            : await stage.PlayBothAsync<SimulatedLock, LockHalf>(
                "lock", Containers, SimulatedLock.PrepareAsync, SideAsync, cancellationToken);
        return new PlayedScenario(
            [.. LockReport.Lines(direct, guarded)],
            [],
            [.. Table.Status(guarded.Status, "while the lock hung")],
            LockReport.Sentence(direct, guarded));

        Task<LockHalf> SideAsync(ILockedEngine engine, string socket, Guarded? proxy, CancellationToken running) => player.PlayAsync(
            proxy is null ? "direct" : "guarded",
            engine,
            socket,
            () => proxy?.Status.SlowLockAsync(running) ?? Task.FromResult(""),
            running);
    }
}
