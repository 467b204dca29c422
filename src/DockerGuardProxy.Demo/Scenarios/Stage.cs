using DockerGuardProxy.Demo.Proxy;
using DockerGuardProxy.Demo.Show;
using DockerGuardProxy.Demo.Simulation;

namespace DockerGuardProxy.Demo.Scenarios;

/// <summary>What scenarios are played with.</summary>
/// <param name="Options">What is played.</param>
/// <param name="Folder">For sockets and files.</param>
/// <param name="Settings">The proxy's configuration file.</param>
/// <param name="Screen">Where it is shown.</param>
/// <param name="Leftovers">Takes what can't be cleaned up.</param>
/// <param name="Time">Clock.</param>
internal sealed record Stage(DemoOptions Options, DemoFolder Folder, string Settings, Screen Screen, Leftovers Leftovers, TimeProvider Time)
{
    /// <summary>Plays something through a proxy, for as long as that runs.</summary>
    /// <param name="name">Begin of the names of its sockets.</param>
    /// <param name="engine">The engine's socket.</param>
    /// <param name="procfs">Where it sees processes.</param>
    /// <param name="containers">As many as it has to know first; until then it passes every call on.</param>
    /// <param name="play">Plays it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DemoException">The proxy does not start, or ends meanwhile.</exception>
    public async Task<T> PlayGuardedAsync<T>(
        string name,
        string engine,
        string procfs,
        int containers,
        Func<Guarded, CancellationToken, Task<T>> play,
        CancellationToken cancellationToken)
    {
        var (listen, admin) = (Folder.Socket($"{name}.sock"), Folder.Socket($"{name}-a.sock"));
        string[] arguments =
            ["run", "--config", Settings, "--listen", listen, "--engine", engine, "--admin", admin, "--procfs", procfs];
        await using var proxy = await ProxyProcess.StartAsync(listen, arguments, Time, cancellationToken);
        var status = new ProxyStatus(admin, Time);
        return await proxy.WhileItRunsAsync(
            async running =>
            {
                await status.KnowsAsync(containers, running);
                return await play(new Guarded(listen, status, () => proxy.Memory), running);
            },
            cancellationToken);
    }

    /// <summary>Plays both sides of something one after the other on a real engine, each with containers of its own.</summary>
    /// <param name="name">Begin of the names of the proxy's sockets.</param>
    /// <param name="engine">The engine's socket.</param>
    /// <param name="containers">As many as <paramref name="prepare"/> makes.</param>
    /// <param name="prepare">Makes the containers.</param>
    /// <param name="play">Plays a side; on the engine's own socket where there is no proxy.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DemoException">The engine does not do it, or the proxy does not start, or ends meanwhile.</exception>
    public async Task<(T Direct, T Guarded)> PlayInTurnAsync<TEngine, T>(
        string name,
        string engine,
        int containers,
        Func<CancellationToken, Task<TEngine>> prepare,
        Func<TEngine, string, Guarded?, CancellationToken, Task<T>> play,
        CancellationToken cancellationToken)
        where TEngine : IAsyncDisposable
    {
        T direct;
        Screen.Line("1. On the engine's own socket …");
        await using (var prepared = await prepare(cancellationToken)) direct = await play(prepared, engine, null, cancellationToken);
        Screen.Line("2. On the proxy's socket …");
        await using var again = await prepare(cancellationToken);
        var guarded = await PlayGuardedAsync(
            name, engine, "/proc", containers, (proxy, running) => play(again, proxy.Socket, proxy, running), cancellationToken);
        return (direct, guarded);
    }

    /// <summary>Plays both sides of something at once, each on a simulated engine of its own.</summary>
    /// <param name="name">Begin of the names of its sockets.</param>
    /// <param name="containers">As many as <paramref name="prepare"/> starts.</param>
    /// <param name="prepare">Starts the engine's containers.</param>
    /// <param name="play">Plays a side; on the engine's own socket where there is no proxy.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="DemoException">The proxy does not start, or ends meanwhile.</exception>
    public async Task<(T Direct, T Guarded)> PlayBothAsync<TEngine, T>(
        string name,
        int containers,
        Func<SimulatedEngine, TimeProvider, Task<TEngine>> prepare,
        Func<TEngine, string, Guarded?, CancellationToken, Task<T>> play,
        CancellationToken cancellationToken)
    {
        var sides = await SideBySide.RunAsync<T>([DirectAsync, GuardedAsync], cancellationToken);
        return (sides[0], sides[1]);

        async Task<T> DirectAsync(CancellationToken running)
        {
            var socket = Folder.Socket($"{name}-1.sock");
            await using var engine = await SimulatedEngine.StartAsync(socket, SimulatedEngineOptions.Leaky with { Time = Time });
            return await play(await prepare(engine, Time), socket, null, running);
        }

        async Task<T> GuardedAsync(CancellationToken running)
        {
            var (socket, processes) = (Folder.Socket($"{name}-2.sock"), Folder.Of($"{name}-proc"));
            var procfs = new SimulatedProcfs(processes);

            // All callers are this process.
            procfs.ShowCaller(Environment.ProcessId, (await File.ReadAllTextAsync("/proc/self/comm", running)).Trim());
            await using var engine = await SimulatedEngine.StartAsync(socket, SimulatedEngineOptions.Leaky with { Time = Time, Processes = procfs });
            var prepared = await prepare(engine, Time);
            return await PlayGuardedAsync(
                name, socket, processes, containers, (proxy, token) => play(prepared, proxy.Socket, proxy, token), running);
        }
    }
}
