using DockerGuardProxy.Demo.Simulation;

namespace DockerGuardProxy.Demo.Incident;

/// <summary>A simulated engine whose containers' locks can be made to hang.</summary>
internal sealed class SimulatedLock : ILockedEngine
{
    private static readonly EngineOperation[] Looks = [EngineOperation.Inspect, EngineOperation.Top, EngineOperation.Stats];

    // Far more than a slow machine takes.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly SimulatedEngine _engine;
    private readonly TimeProvider _time;

    private SimulatedLock(SimulatedEngine engine, TimeProvider time) => (_engine, _time) = (engine, time);

    public string Locked => SimulatedPods.Web;

    public string Other => SimulatedPods.Db;

    /// <summary>Starts the containers.</summary>
    public static async Task<SimulatedLock> PrepareAsync(SimulatedEngine engine, TimeProvider time)
    {
        await SimulatedPods.StartAsync(engine, SimulatedPods.Web, new ContainerSpec());
        await SimulatedPods.StartAsync(engine, SimulatedPods.Db, new ContainerSpec());
        return new SimulatedLock(engine, time);
    }

    public Task StopShimAsync(CancellationToken cancellationToken)
    {
        _engine.Daemon.StopShim(Locked);
        return Task.CompletedTask;
    }

    public Task PausesAsync(CancellationToken cancellationToken) =>
        Wait.UntilAsync(() => _engine.Counters.Open(EngineOperation.Pause) > 0, Limit, _time, cancellationToken);

    public void ContinueShim() => _engine.Daemon.ContinueShim(Locked);

    public Task<Sample> TakeAsync(TimeSpan at, CancellationToken cancellationToken)
    {
        var counters = _engine.Counters;
        return Task.FromResult(new Sample(at, counters.Connections, counters.OpenCalls, counters.Goroutines, null));
    }

    public int Reached(Sample before, Sample sample) => Looks.Sum(_engine.Counters.Open);

    public bool IsFree(Sample before, Sample sample) => sample.Open <= before.Open;
}
