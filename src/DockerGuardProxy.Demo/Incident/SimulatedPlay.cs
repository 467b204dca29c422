using System.Collections.Immutable;
using DockerGuardProxy.Demo.Simulation;

namespace DockerGuardProxy.Demo.Incident;

/// <summary>A simulated engine with its two containers.</summary>
internal sealed class SimulatedPlay : IPlayedEngine
{
    // The player stops the other container once.
    private const int HealthyStops = 1;

    private readonly SimulatedEngine _engine;

    private SimulatedPlay(SimulatedEngine engine) => _engine = engine;

    public string Stuck => "k8s_app_web-0";

    public string Healthy => "k8s_app_db-0";

    public long Reached => Math.Max(0, _engine.Counters.Seen(EngineOperation.Stop) - HealthyStops);

    /// <summary>Starts the containers.</summary>
    public static async Task<SimulatedPlay> PrepareAsync(SimulatedEngine engine)
    {
        var play = new SimulatedPlay(engine);
        foreach (var name in (string[])[play.Stuck, play.Healthy])
        {
            engine.Daemon.Create(new ContainerSpec
            {
                Name = name,
                ExitDelay = TimeSpan.FromMilliseconds(20),
                Labels = ImmutableSortedDictionary<string, string>.Empty
                    .Add("io.kubernetes.pod.name", name["k8s_app_".Length..])
                    .Add("io.kubernetes.pod.namespace", "shop"),
            });
            await engine.Daemon.StartAsync(name);
        }

        return play;
    }

    public Task FreezeAsync(CancellationToken cancellationToken)
    {
        _engine.Freeze(Stuck);
        return Task.CompletedTask;
    }

    public Task ThawAsync(CancellationToken cancellationToken)
    {
        _engine.Thaw(Stuck);
        return Task.CompletedTask;
    }

    public Task<Sample> TakeAsync(TimeSpan at, CancellationToken cancellationToken)
    {
        var counters = _engine.Counters;
        return Task.FromResult(new Sample(at, counters.Connections, counters.Waiters, counters.Goroutines, counters.WaitingBytes));
    }

    public bool IsFree(Sample sample) => sample.Open == 0;
}
