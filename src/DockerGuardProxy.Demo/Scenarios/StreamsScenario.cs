using System.Globalization;
using DockerGuardProxy.Demo.Incident;
using DockerGuardProxy.Demo.Real;
using DockerGuardProxy.Demo.Show;

namespace DockerGuardProxy.Demo.Scenarios;

/// <summary>A client that does not read, and keeps its container from ending: both sides at once, on a real engine one after the other.</summary>
internal sealed class StreamsScenario(Stage stage)
{
    private const int Containers = 1;
    private const string When = "before the client read on";

    // Guarded it comes soon; far more than a slow machine takes.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>What happens.</summary>
    public const string Title = "A client attaches to a container that writes, reads 1 KiB, and reads no more. Somebody kills the container.";

    /// <summary>How it is played.</summary>
    public string Terms => string.Create(
        CultureInfo.InvariantCulture,
        $"{(stage.Options.Engine is null ? "Times are shortened: w" : "W")}hat the engine holds is taken over when it was unread for "
        + $"{stage.Options.StreamStall.TotalSeconds} s and the process gone for {stage.Options.StreamEnded.TotalSeconds} s"
        + $"{(stage.Options.Engine is null ? ", as shipped 10 s and 5 s" : "")}.");

    /// <summary>Plays it.</summary>
    public async Task<PlayedScenario> PlayAsync(CancellationToken cancellationToken)
    {
        var player = new StreamsPlayer(stage.Options, stage.Time);
        var (direct, guarded) = stage.Options.Engine is { } real
            ? await stage.PlayInTurnAsync<RealStream, StreamsHalf>(
                "streams",
                real,
                Containers,
                running => RealStream.PrepareAsync(real, stage.Leftovers, stage.Time, running),
                SideAsync,
                cancellationToken)
            : await stage.PlayBothAsync<SimulatedStream, StreamsHalf>(
                "streams", Containers, SimulatedStream.PrepareAsync, SideAsync, cancellationToken);
        return new PlayedScenario(
            [.. StreamsReport.Lines(direct, guarded)],
            [.. Table.Status(string.Join('\n', StreamsReport.Named(guarded)), When)],
            [.. Table.Status(guarded.Status, When)],
            StreamsReport.Sentence(direct, guarded));

        Task<StreamsHalf> SideAsync(IUnreadEngine engine, string socket, Guarded? proxy, CancellationToken running) => player.PlayAsync(
            proxy is null ? "direct" : "guarded",
            engine,
            socket,
            proxy is null ? stage.Options.UnreadWatched : Limit,
            () => proxy?.Status.UnreadAsync(running) ?? Task.FromResult(""),
            running);
    }
}
