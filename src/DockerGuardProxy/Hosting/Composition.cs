using DockerGuardProxy.Admin;
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
using DockerGuardProxy.State;
using DockerGuardProxy.Streams;
using DockerGuardProxy.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DockerGuardProxy.Hosting;

/// <summary>Puts the daemon together.</summary>
internal static class Composition
{
    /// <summary>The host with every part in it; they start in the order in which they are added.</summary>
    public static IHost Build(ConfigurationStore store, TimeProvider time, string procfs, Action<ILoggingBuilder> configureLogging)
    {
        var configuration = store.Current;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        configureLogging(builder.Logging);
        var services = builder.Services;
        services.Configure<HostOptions>(options => options.ShutdownTimeout = StopLimit(configuration));
        services.AddSystemd();
        services.AddSingleton(time);
        services.AddSingleton(store);
        services.AddHttpForwarder();
        services.AddSingleton(new EngineDialer(configuration.Engine.Path, time));
        services.AddSingleton<PassThrough>();
        services.AddSingleton<PileUpWatch>();
        AddStreams(services);
        services.AddSingleton<Exempted>();
        services.AddSingleton<LockGate>();
        services.AddSingleton<CallRouter>();
        services.AddSingleton<ProxyApplication>();
        AddState(services, store, time, procfs);
        AddEngine(services, configuration.Engine, procfs);
        AddGuard(services, store, time, procfs);
        AddTelemetry(services, configuration.Telemetry, time);
        AddAdmin(services, configuration.Admin);
        services.AddSingleton<AcceptLoops>();
        services.AddSingleton<ClientConnections>();
        services.AddHostedService(provider => new ProxyServer(
            configuration.Listen,
            provider.GetRequiredService<AcceptLoops>(),
            provider.GetRequiredService<ClientConnections>(),
            provider.GetRequiredService<EngineDialer>().Path,
            provider.GetRequiredService<ProxyApplication>(),
            () => store.Current.Shutdown.Drain,
            provider.GetRequiredService<AllGuardedCallers>(),
            time,
            provider,
            provider.GetRequiredService<ILoggerFactory>()));

        // The last that the start waits for: the service manager takes it for complete then.
        services.AddSingleton(provider => new AcceptWatch(
            provider.GetRequiredService<AcceptLoops>(),
            provider.GetService<ISystemdNotifier>(),
            AcceptWatch.ReadWatchdog(Environment.GetEnvironmentVariable),
            time,
            provider.GetRequiredService<ILogger<AcceptWatch>>()));
        AddSupervised<AcceptWatch>(services);

        // Last, so that its first release also frees what the start of all others has left.
        services.AddSingleton(provider => new MemoryWatch(
            () => MemoryWatch.Measure(provider.GetRequiredService<ClientConnections>()),
            MemoryWatch.Collect,
            time,
            provider.GetRequiredService<ILogger<MemoryWatch>>()));
        AddSupervised<MemoryWatch>(services);
        var host = builder.Build();
        var options = host.Services.GetRequiredService<IOptions<HostOptions>>().Value;
        store.Changed += changed => options.ShutdownTimeout = StopLimit(changed);
        return host;
    }

    // The server itself keeps to the drain. Beyond it, whatever hangs is left behind.
    private static TimeSpan StopLimit(ProxyConfiguration configuration) => configuration.Shutdown.Drain + TimeSpan.FromSeconds(10);

    /// <summary>What runs beside the way of calls may fail; the socket stays, and the service is started again.</summary>
    private static void AddSupervised<T>(IServiceCollection services, Action<IServiceProvider>? prepare = null)
        where T : BackgroundService =>
        services.AddSingleton<IHostedService>(provider =>
        {
            prepare?.Invoke(provider);
            return new SupervisedService(
                provider.GetRequiredService<T>(),
                provider.GetRequiredService<FaultCount>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<SupervisedService>>());
        });

    // First: what an earlier process knew must be there before anything else asks or is asked. It is written last for the same reason.
    private static void AddState(IServiceCollection services, ConfigurationStore store, TimeProvider time, string procfs)
    {
        var folder = StateFolder.Of(Environment.GetEnvironmentVariable, store.Current.Admin.Path);
        services.AddSingleton<EvidenceSignal>();
        services.AddSingleton<IGuardObserver>(provider => provider.GetRequiredService<EvidenceSignal>());
        services.AddSingleton(provider => new StateKeeper(
            provider.GetRequiredService<LedgerKeeper>(),
            provider.GetRequiredService<EvidenceSignal>(),
            new StateFile(Path.Combine(folder, StateFile.Name)),
            BootId.Read(procfs),
            provider.GetRequiredService<ContainerIndex>(),
            provider.GetRequiredService<EngineWatch>(),
            provider.GetRequiredService<IEngineIdentity>(),
            provider.GetRequiredService<EngineVitalsWatch>(),
            store,
            time,
            provider.GetRequiredService<ILogger<StateKeeper>>()));
        AddSupervised<StateKeeper>(services);
    }

    private static void AddEngine(IServiceCollection services, EngineOptions engine, string procfs)
    {
        services.AddSingleton<ContainerIndex>();
        services.AddSingleton<BypassWatch>();
        services.AddSingleton<IEngineApi>(_ => new DockerEngine(engine.Path));
        services.AddSingleton<IEngineIdentity>(_ => new PidFileIdentity(engine.PidFile, procfs));
        services.AddSingleton<ReferenceConfirmer>();
        services.AddSingleton(provider => new ContainerLearner(
            provider.GetRequiredService<IEngineApi>(),
            provider.GetRequiredService<ContainerIndex>(),
            id => !provider.GetRequiredService<LedgerKeeper>().HasOpenCalls(id),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ContainerLearner>>()));
        services.AddSingleton(provider => new EngineVitalsReader(provider.GetRequiredService<ProcRoot>(), engine.Path));
        services.AddSingleton<EngineVitalsWatch>();
        services.AddSingleton<EngineWatch>();
        AddSupervised<EngineVitalsWatch>(services);
        AddSupervised<ContainerLearner>(services);
        AddSupervised<EngineWatch>(services, provider =>
        {
            var index = provider.GetRequiredService<ContainerIndex>();
            index.Execs.InDoubt = provider.GetRequiredService<ContainerLearner>().LearnExecs;
            index.Listen(provider.GetRequiredService<ContainerLearner>());
            index.Listen(provider.GetRequiredService<BypassWatch>());
            index.Listen(new LedgerFeed(provider.GetRequiredService<LedgerKeeper>()));
            index.Listen(new PermitFeed(provider.GetRequiredService<PermitKeeper>()));
        });
    }

    private static void AddGuard(IServiceCollection services, ConfigurationStore store, TimeProvider time, string procfs)
    {
        services.AddSingleton(new ProcRoot(procfs));
        services.AddSingleton(provider => new ProbeOptions { Root = provider.GetRequiredService<ProcRoot>() });
        services.AddSingleton<Prober>();
        services.AddSingleton<EvidenceWatch>();
        services.AddSingleton<AttemptSender>();
        services.AddSingleton<RefusalReview>();
        services.AddSingleton<IGuardObserver, GuardLog>();
        services.AddSingleton<IGuardObserver>(provider => new CallTelemetry(
            provider.GetRequiredService<Instrumentation>(), store.Current.Telemetry.ForwardedRatio, time));
        services.AddSingleton<FaultCount>();
        services.AddSingleton(provider => new FailOpen(
            provider.GetRequiredService<FaultCount>().Add, time, provider.GetRequiredService<ILogger<FailOpen>>()));
        services.AddSingleton<IGuardObserver>(provider => provider.GetRequiredService<FaultCount>());
        services.AddSingleton<DecisionHistory>();
        services.AddSingleton<IGuardObserver>(provider => provider.GetRequiredService<DecisionHistory>());
        services.AddSingleton(provider =>
        {
            var ledger = new LedgerKeeper(
                time,
                store.Current.Guard.Policies,
                provider.GetRequiredService<AttemptSender>(),
                provider.GetRequiredService<RefusalReview>(),
                new GuardObservers(provider.GetServices<IGuardObserver>(), provider.GetRequiredService<FailOpen>()));
            store.Changed += changed => ledger.Policies = changed.Guard.Policies;
            return ledger;
        });
        services.AddSingleton<IPermitFacts, PermitFacts>();
        services.AddSingleton<IPermitObserver, PermitLog>().AddSingleton<IPermitObserver, PermitTelemetry>();
        services.AddSingleton(provider =>
        {
            var permits = new PermitKeeper(
                time, store.Current.Guard.Policies, provider.GetRequiredService<IPermitFacts>(), provider.GetServices<IPermitObserver>());
            store.Changed += changed => permits.Policies = changed.Guard.Policies;
            return permits;
        });
        services.AddSingleton<GuardedCalls>();
        services.AddSingleton<AllGuardedCallers>();
        AddSupervised<EvidenceWatch>(services);
    }

    private static void AddStreams(IServiceCollection services)
    {
        services.AddSingleton<ClientStreams>().AddSingleton<ExecOwners>().AddSingleton<RestBudget>().AddSingleton<StalledStreams>();
        services.AddSingleton<StreamCalls>();
        services.AddSingleton<ILockWaiters, LockWaiters>();
        services.AddSingleton<ProcessEnds>();
        services.AddSingleton<IStreamObserver, StreamLog>();
        services.AddSingleton<StreamTelemetry>();
        services.AddSingleton<IStreamObserver>(provider => provider.GetRequiredService<StreamTelemetry>());
        services.AddSingleton<Func<GuardPolicies>>(provider =>
        {
            var ledger = provider.GetRequiredService<LedgerKeeper>();
            return () => ledger.Policies;
        });
        services.AddSingleton<StreamWatch>();
        AddSupervised<StreamWatch>(services);
    }

    private static void AddTelemetry(IServiceCollection services, TelemetryOptions telemetry, TimeProvider time)
    {
        services.AddSingleton<Instrumentation>();
        services.AddSingleton<GuardGauges>();
        services.AddSingleton<LockGauges>();
        services.AddSingleton<ConfigurationGauges>();
        services.AddSingleton<EngineGauges>();
        services.AddSingleton(provider => new TelemetryPipeline(
            new ExportOptions(telemetry, Environment.GetEnvironmentVariable), time, provider,
            provider.GetRequiredService<ILogger<TelemetryPipeline>>()));
        services.AddHostedService(provider =>
        {
            provider.GetRequiredService<GuardGauges>();
            provider.GetRequiredService<StreamTelemetry>();
            provider.GetRequiredService<LockGauges>();
            provider.GetRequiredService<ConfigurationGauges>();
            provider.GetRequiredService<EngineGauges>();
            return provider.GetRequiredService<TelemetryPipeline>();
        });
    }

    // Started before the proxy's own socket and stopped after it, so that an operator can look while calls drain.
    private static void AddAdmin(IServiceCollection services, AdminOptions admin)
    {
        services.AddSingleton<StatusSource>();
        services.AddSingleton<AdminApi>();
        services.AddSingleton<AdminApplication>();
        services.AddHostedService(provider => new AdminServer(
            admin.Path,
            provider.GetRequiredService<AdminApplication>(),
            provider,
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddHostedService(provider => new MetricsServer(
            admin.Metrics,
            provider.GetRequiredService<TelemetryPipeline>(),
            provider,
            provider.GetRequiredService<ILoggerFactory>()));
    }
}
