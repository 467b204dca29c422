using DockerGuardProxy.Demo.Simulation;

namespace DockerGuardProxy.Demo.Incident;

/// <summary>A simulated engine with a container that writes as soon as somebody attaches to it.</summary>
internal sealed class SimulatedStream : IUnreadEngine
{
    // Far more than a slow machine takes.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly SimulatedContainer _container;
    private readonly TimeProvider _time;

    private SimulatedStream(SimulatedContainer container, TimeProvider time) => (_container, _time) = (container, time);

    public string Writer => SimulatedPods.Web;

    /// <summary>Starts the container.</summary>
    public static async Task<SimulatedStream> PrepareAsync(SimulatedEngine engine, TimeProvider time)
    {
        await SimulatedPods.StartAsync(engine, SimulatedPods.Web, new ContainerSpec { Writes = true });
        return new SimulatedStream(engine.Daemon.Containers.Get(SimulatedPods.Web), time);
    }

    public Task WriteAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task BlockedAsync(CancellationToken cancellationToken) => _container.Run!.Blocked.Task.WaitAsync(Limit, _time, cancellationToken);

    public Task<bool> IsRunningAsync(CancellationToken cancellationToken) => Task.FromResult(_container.IsRunning);
}
