using DockerGuardProxy.Calls;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Guard.Permits;
using DockerGuardProxy.Http;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Probe;
using DockerGuardProxy.Route;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Streams;
using DockerGuardProxy.Tests.Configuration;
using DockerGuardProxy.Tests.Engine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DockerGuardProxy.Tests.Hosting;

/// <summary>
/// The proxy on a socket of its own, without the watches of the engine: the index holds what the test puts in, and
/// <see cref="Asked"/> answers in the engine's place whom a reference means.
/// </summary>
internal sealed class ProxyRig : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ServiceProvider _services;
    private readonly ProxyServer _server;
    private int _faults;

    private ProxyRig(TimeProvider time, GuardPolicy? policy, string? procfs)
    {
        EnginePath = _folder["engine.sock"];
        var services = new ServiceCollection();
        services.AddSingleton(time);
        services.AddLogging(logging => logging.AddProvider(new Provider(Log)).AddFilter("Yarp", LogLevel.None).AddFilter("Microsoft", LogLevel.None));
        services.AddHttpForwarder();
        services.AddSingleton(new EngineDialer(EnginePath, time));
        services.AddSingleton<PassThrough>();
        services.AddSingleton<PileUpWatch>();
        services.AddSingleton<Exempted>().AddSingleton<LockGate>();
        services.AddSingleton<CallRouter>();
        services.AddSingleton<ProxyApplication>();
        services.AddSingleton<ContainerIndex>();
        services.AddSingleton<BypassWatch>();
        services.AddSingleton<IEngineApi>(Asked);
        services.AddSingleton(new EngineVitalsWatch(Asked, Asked, new EngineVitalsReader(new ProcRoot(), EnginePath), time));
        services.AddSingleton<ReferenceConfirmer>();

        // A test's clock runs far ahead of the threads that read the tree.
        services.AddSingleton(new ProbeOptions { Root = new ProcRoot(procfs ?? _folder["proc"]), ScanTimeout = TimeSpan.FromHours(1) });
        services.AddSingleton<Prober>();
        services.AddSingleton<FaultCount>().AddSingleton<EvidenceWatch>();
        services.AddSingleton<ClientStreams>().AddSingleton<ExecOwners>().AddSingleton<RestBudget>().AddSingleton<StalledStreams>();
        services.AddSingleton<StreamCalls>();
        services.AddSingleton<AttemptSender>().AddSingleton<RefusalReview>();
        services.AddSingleton<GuardedCalls>();
        services.AddSingleton(provider => new FailOpen(
            () => Interlocked.Increment(ref _faults), time, provider.GetRequiredService<ILogger<FailOpen>>()));
        services.AddSingleton(provider =>
        {
            var sender = provider.GetRequiredService<AttemptSender>();
            var review = provider.GetRequiredService<RefusalReview>();
            return new LedgerKeeper(time, GuardPolicies.All(policy ?? GuardPolicy.Default), sender, review, NullGuardObserver.Instance);
        });
        services.AddSingleton<IPermitFacts, PermitFacts>().AddSingleton<AllGuardedCallers>();
        services.AddSingleton(provider => new PermitKeeper(
            time, GuardPolicies.All(policy ?? GuardPolicy.Default), provider.GetRequiredService<IPermitFacts>(), [SilentPermits.Instance]));
        _services = services.BuildServiceProvider();
        Index.Listen(new LedgerFeed(Ledger));
        Index.Listen(new PermitFeed(Permits));
        Index.Listen(Bypass);
        var listen = ListenOptions.Default with { Path = SocketPath, Group = "" };
        _server = new ProxyServer(
            listen, Loops, Connections, _services.GetRequiredService<EngineDialer>().Path, _services.GetRequiredService<ProxyApplication>(),
            () => Drain, _services.GetRequiredService<AllGuardedCallers>(), time, _services,
            _services.GetRequiredService<ILoggerFactory>());
    }

    public BypassWatch Bypass => _services.GetRequiredService<BypassWatch>();

    public string EnginePath { get; }

    public string SocketPath => _folder["proxy.sock"];

    public AcceptLoops Loops { get; } = new();

    public ClientConnections Connections { get; } = new();

    /// <summary>How many peers the server looks after whose departure raises no event.</summary>
    public int Watched => _server.Watched;

    public RecordingLogger Log { get; } = new();

    public FakeEngine Asked { get; } = new();

    /// <summary>Faults of the guard's own so far.</summary>
    public int Faults => Volatile.Read(ref _faults);

    public ContainerIndex Index => _services.GetRequiredService<ContainerIndex>();

    public GuardedCalls Guarded => _services.GetRequiredService<GuardedCalls>();

    public ClientStreams Streams => _services.GetRequiredService<ClientStreams>();

    public ExecOwners ExecOwners => _services.GetRequiredService<ExecOwners>();

    public PileUpWatch PileUp => _services.GetRequiredService<PileUpWatch>();

    public PermitKeeper Permits => _services.GetRequiredService<PermitKeeper>();

    public LedgerKeeper Ledger => _services.GetRequiredService<LedgerKeeper>();

    public static async Task<ProxyRig> StartAsync(TimeProvider? time = null, GuardPolicy? policy = null, string? procfs = null)
    {
        var rig = new ProxyRig(time ?? TimeProvider.System, policy, procfs);
        await rig._server.StartAsync(TestContext.Current.CancellationToken);
        return rig;
    }

    /// <summary>An engine at the place where the proxy looks for it.</summary>
    public RawEngine NewEngine(int backlog = 100) => new(EnginePath, backlog);

    public Task<RawPeer> ConnectAsync() => RawPeer.ConnectAsync(SocketPath);

    /// <summary>The index knows of these from now on, and the engine agrees.</summary>
    public void Know(params ListedContainer[] containers)
    {
        Asked.Containers = containers;
        Index.BeginList();
        Assert.True(Index.EndList(containers));
    }

    /// <summary>Looks for evidence as long as it is needed.</summary>
    public Task WatchAsync() => _services.GetRequiredService<EvidenceWatch>().StartAsync(TestContext.Current.CancellationToken);

    /// <summary>Stops to serve; clients are cut.</summary>
    public Task StopAsync() => _server.StopAsync(new CancellationToken(canceled: true));

    /// <summary>What running calls get at the stop.</summary>
    public TimeSpan Drain { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Stops to serve; clients have the time of <see cref="Drain"/>.</summary>
    public Task DrainAsync() => _server.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _services.GetRequiredService<EvidenceWatch>().StopAsync(CancellationToken.None);
        _server.Dispose();
        await _services.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class SilentPermits : IPermitObserver
    {
        public static SilentPermits Instance { get; } = new();

        public void On(PermitEvent happened, GuardedContainer? container)
        {
        }
    }

    private sealed class Provider(ILogger logger) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void Dispose()
        {
        }
    }
}
