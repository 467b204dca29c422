using DockerGuardProxy.Calls;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Forward;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Probe;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Hosting;

/// <summary>Puts the daemon together and runs it until SIGTERM.</summary>
internal static class Daemon
{
    /// <summary>Exit code for an address that is wrong or can't be served.</summary>
    public const int AddressError = 2;

    /// <summary>Runs; 0 after an orderly end, <see cref="AddressError"/> if it can't start.</summary>
    /// <param name="sources">Where the configuration comes from.</param>
    /// <param name="procfs">Where the kernel's process files are; <c>/proc</c> outside of tests.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<int> RunAsync(ConfigurationSources sources, string procfs, CancellationToken cancellationToken)
    {
        // The configuration is read before there is a host, because the host's own settings come from it.
        using var early = LoggerFactory.Create(ConfigureLogging);
        try
        {
            var time = TimeProvider.System;
            var store = ConfigurationStore.Start(sources, time, early.CreateLogger<ConfigurationStore>());
            using var watcher = new ConfigurationWatcher(store, time, early.CreateLogger<ConfigurationWatcher>());
            using var host = Build(store, time, procfs);
            await host.RunAsync(cancellationToken);
            return 0;
        }
        catch (ConfigurationException)
        {
            // Each error has been logged.
            return ConfigurationException.ExitCode;
        }
        catch (ListenException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return AddressError;
        }
    }

    private static IHost Build(ConfigurationStore store, TimeProvider time, string procfs)
    {
        var configuration = store.Current;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        ConfigureLogging(builder.Logging);
        var services = builder.Services;
        services.Configure<HostOptions>(options =>
        {
            options.ShutdownTimeout = configuration.Shutdown.Drain;

            // What runs beside the way of calls may fail; the socket stays.
            options.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore;
        });
        services.AddSystemd();
        services.AddSingleton(time);
        services.AddSingleton(store);
        services.AddHttpForwarder();
        services.AddSingleton(new EngineDialer(configuration.Engine.Path, time));
        services.AddSingleton<PassThrough>();
        services.AddSingleton<CallRouter>();
        services.AddSingleton<ProxyApplication>();
        AddEngine(services, configuration.Engine, procfs);
        AddGuard(services, store, time, procfs);
        services.AddHostedService(provider => new ProxyServer(
            configuration.Listen,
            provider.GetRequiredService<EngineDialer>(),
            provider.GetRequiredService<ProxyApplication>(),
            time,
            provider,
            provider.GetRequiredService<ILoggerFactory>()));
        return builder.Build();
    }

    private static void AddEngine(IServiceCollection services, EngineOptions engine, string procfs)
    {
        services.AddSingleton<ContainerIndex>();
        services.AddSingleton<IEngineApi>(_ => new DockerEngine(engine.Path));
        services.AddSingleton<IEngineIdentity>(_ => new PidFileIdentity(engine.PidFile, procfs));
        services.AddSingleton<ReferenceConfirmer>();
        services.AddSingleton(provider => new ContainerLearner(
            provider.GetRequiredService<IEngineApi>(),
            provider.GetRequiredService<ContainerIndex>(),
            id => !provider.GetRequiredService<Ledger>().HasOpenCalls(id),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ContainerLearner>>()));
        services.AddSingleton<EngineWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<ContainerLearner>());
        services.AddHostedService(provider =>
        {
            var index = provider.GetRequiredService<ContainerIndex>();
            index.Listen(provider.GetRequiredService<ContainerLearner>());
            index.Listen(new LedgerFeed(provider.GetRequiredService<Ledger>()));
            return provider.GetRequiredService<EngineWatch>();
        });
    }

    private static void AddGuard(IServiceCollection services, ConfigurationStore store, TimeProvider time, string procfs)
    {
        services.AddSingleton(new ProbeOptions { Root = new ProcRoot(procfs) });
        services.AddSingleton<Prober>();
        services.AddSingleton<EvidenceWatch>();
        services.AddSingleton<AttemptSender>();
        services.AddSingleton<IGuardObserver, GuardLog>();
        services.AddSingleton(provider =>
        {
            var sender = provider.GetRequiredService<AttemptSender>();
            var ledger = new Ledger(time, store.Current.Guard.Policies, sender, provider.GetRequiredService<IGuardObserver>());
            sender.Ledger = ledger;
            provider.GetRequiredService<EvidenceWatch>().Ledger = ledger;
            store.Changed += changed => ledger.Policies = changed.Guard.Policies;
            return ledger;
        });
        services.AddSingleton<GuardedCalls>();
        services.AddHostedService(provider =>
        {
            // The ledger hands itself to the watch when it is made.
            provider.GetRequiredService<Ledger>();
            return provider.GetRequiredService<EvidenceWatch>();
        });
    }

    private static void ConfigureLogging(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(options => options.SingleLine = true);

        // Standard output stays free for what commands print.
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            options =>
            {
                options.LogToStandardErrorThreshold = LogLevel.Trace;

                // A journal that hangs must not hold calls up.
                options.QueueFullMode = Microsoft.Extensions.Logging.Console.ConsoleLoggerQueueFullMode.DropWrite;
            });
        logging.AddFilter("Yarp", LogLevel.None);
        logging.AddFilter("Microsoft", LogLevel.Warning);

        // What ends the start is told in one line, without the host's stack trace.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);

        // Kestrel reports a client's garbage as errors of ours; faults of the application are logged by it (ListenLog).
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Critical);
    }
}
