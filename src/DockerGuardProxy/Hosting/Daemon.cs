using DockerGuardProxy.Configuration;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DockerGuardProxy.Hosting;

/// <summary>Runs the daemon until SIGTERM.</summary>
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
        var level = new LogLevelSwitch();
        using var early = LoggerFactory.Create(logging => ConfigureLogging(logging, level));
        StartHistory? starts = null;
        try
        {
            var time = TimeProvider.System;
            var store = ConfigurationStore.Start(sources, time, early.CreateLogger<ConfigurationStore>());
            level.Follow(store);
            var folder = StateFolder.Of(Environment.GetEnvironmentVariable, store.Current.Admin.Path);
            starts = StartHistory.Begin(folder, procfs, time, early.CreateLogger<StartHistory>());
            if (starts.IsCrashLoop)
                store.HoldBack(HoldBack.Crashes);
            using var watcher = new ConfigurationWatcher(store, time, early.CreateLogger<ConfigurationWatcher>());
            using var host = Composition.Build(store, time, procfs, logging => ConfigureLogging(logging, level));
            await host.RunAsync(cancellationToken);
            starts.End();
            return 0;
        }
        catch (OperationCanceledException)
        {
            // Told to end before the start was complete.
            starts?.End();
            return 0;
        }
        catch (ConfigurationException)
        {
            // Each error has been logged.
            return ConfigurationException.ExitCode;
        }
        catch (ListenException e)
        {
            starts?.End();
            await Console.Error.WriteLineAsync(e.Message);
            return AddressError;
        }
    }

    /// <summary>Where the log goes, and what of it.</summary>
    internal static void ConfigureLogging(ILoggingBuilder logging, LogLevelSwitch level)
    {
        logging.Services.AddSingleton<IConfigureOptions<LoggerFilterOptions>>(level)
            .AddSingleton<IOptionsChangeTokenSource<LoggerFilterOptions>>(level);

        // Under systemd with the levels that journald knows.
        if (SystemdHelpers.IsSystemdService())
            logging.AddSystemdConsole();
        else
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
