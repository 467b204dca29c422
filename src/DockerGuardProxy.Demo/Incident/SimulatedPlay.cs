using DockerGuardProxy.Demo.Simulation;

namespace DockerGuardProxy.Demo.Incident;

/// <summary>A simulated engine with its two containers.</summary>
internal sealed class SimulatedPlay : IPlayedEngine
{
    // The player stops the other container once.
    private const int HealthyStops = 1;

    private readonly SimulatedEngine _engine;

    private SimulatedPlay(SimulatedEngine engine) => _engine = engine;

    public string Stuck => SimulatedPods.Web;

    public string Healthy => SimulatedPods.Db;

    public long Reached => Math.Max(0, _engine.Counters.Seen(EngineOperation.Stop) - HealthyStops);

    /// <summary>Starts the containers.</summary>
    public static async Task<SimulatedPlay> PrepareAsync(SimulatedEngine engine)
    {
        await SimulatedPods.StartAsync(engine, SimulatedPods.Web, new ContainerSpec());
        await SimulatedPods.StartAsync(engine, SimulatedPods.Db, new ContainerSpec());
        return new SimulatedPlay(engine);
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
