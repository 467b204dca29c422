using DockerGuardProxy.Calls;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Forward;
using DockerGuardProxy.Listen;
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
    public static async Task<int> RunAsync(ConfigurationSources sources, CancellationToken cancellationToken)
    {
        // The configuration is read before there is a host, because the host's own settings come from it.
        using var early = LoggerFactory.Create(ConfigureLogging);
        try
        {
            var time = TimeProvider.System;
            var store = ConfigurationStore.Start(sources, time, early.CreateLogger<ConfigurationStore>());
            using var watcher = new ConfigurationWatcher(store, time, early.CreateLogger<ConfigurationWatcher>());
            using var host = Build(store, time);
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

    private static IHost Build(ConfigurationStore store, TimeProvider time)
    {
        var configuration = store.Current;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        ConfigureLogging(builder.Logging);
        var services = builder.Services;
        services.Configure<HostOptions>(options => options.ShutdownTimeout = configuration.Shutdown.Drain);
        services.AddSingleton(time);
        services.AddSingleton(store);
        services.AddHttpForwarder();
        services.AddSingleton(new EngineDialer(configuration.Engine.Path, time));
        services.AddSingleton<PassThrough>();
        services.AddSingleton<CallRouter>();
        services.AddSingleton<ProxyApplication>();
        services.AddSingleton(configuration.Listen);
        services.AddHostedService(provider => new ProxyServer(
            configuration.Listen,
            provider.GetRequiredService<EngineDialer>(),
            provider.GetRequiredService<ProxyApplication>(),
            time,
            provider,
            provider.GetRequiredService<ILoggerFactory>()));
        return builder.Build();
    }

    private static void ConfigureLogging(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(options => options.SingleLine = true);

        // Standard output stays free for what commands print.
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.AddFilter("Yarp", LogLevel.None);
        logging.AddFilter("Microsoft", LogLevel.Warning);

        // What ends the start is told in one line, without the host's stack trace.
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);

        // Kestrel reports a client's garbage as errors of ours; faults of the application are logged by it (ListenLog).
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Critical);
    }
}
