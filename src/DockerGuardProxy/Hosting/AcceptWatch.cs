using System.Globalization;
using System.Net.Sockets;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Hosting;

/// <summary>
/// What the service manager is told rests on the proxy's own accept loops, never on the engine: the start is complete (READY=1) once a
/// connection of our own has been accepted on every socket, and the watchdog is fed only while they are (sd_watchdog_enabled(3)).
/// </summary>
/// <param name="loops">The proxy's sockets.</param>
/// <param name="notifier">The service manager; null where there is none.</param>
/// <param name="watchdog">Time after which the service manager kills a silent service; null where it does not watch.</param>
/// <param name="time">The clock of its rounds.</param>
/// <param name="logger">Told of a loop that stands still and of a file that is gone.</param>
internal sealed class AcceptWatch(
    AcceptLoops loops, ISystemdNotifier? notifier, TimeSpan? watchdog, TimeProvider time, ILogger logger) : BackgroundService
{
    /// <summary>Backlogs of thousands are drained within this time, on a node that also starts a hundred containers.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    // A third: a round that is late by itself must not end a service that works.
    private const int RoundsPerWatchdog = 3;

    private static readonly ServiceState Alive = new("WATCHDOG=1");

    private bool _toldOfFile;

    /// <summary>What systemd has put into the environment (sd_watchdog_enabled(3)); null if this process is not watched.</summary>
    public static TimeSpan? ReadWatchdog(Func<string, string?> environment)
    {
        var pid = environment("WATCHDOG_PID");
        if (!string.IsNullOrEmpty(pid) && pid != Environment.ProcessId.ToString(CultureInfo.InvariantCulture))
            return null;
        return long.TryParse(environment("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Once: a watch that is started again watches a proxy that has started long ago.
        if (ExecuteTask is null && await FindStillAsync(StartLimit, cancellationToken) is { } loop)
            throw new ListenException($"{loop.Path}: bound, but no connection is accepted");
        await base.StartAsync(cancellationToken);
    }

    /// <summary>One round: tells the service manager that the proxy lives, if it does.</summary>
    internal async Task LookAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (await FindStillAsync(limit, cancellationToken) is { } loop)
        {
            HostingLog.AcceptLoopStands(logger, loop.Path, limit.TotalSeconds);
            return;
        }

        // Letting the watchdog kill us would cut every stream and, under socket activation, not bring the file back. Log only.
        var lost = loops.All.FirstOrDefault(loop => !loop.HasFile);
        if (lost is not null && !_toldOfFile)
            HostingLog.SocketFileLost(logger, lost.Path);
        _toldOfFile = lost is not null;
        try
        {
            notifier?.Notify(Alive);
        }
        catch (SocketException e)
        {
            // The next round tells it again, well within the watchdog's time.
            HostingLog.NotNotified(logger, e.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (watchdog is not { } limit)
        {
            // Whoever ends is taken for one that failed.
            await Task.Delay(Timeout.InfiniteTimeSpan, time, stoppingToken);
            return;
        }

        using var rounds = new PeriodicTimer(limit / RoundsPerWatchdog, time);
        do
        {
            await LookAsync(limit / RoundsPerWatchdog, stoppingToken);
        }
        while (await rounds.WaitForNextTickAsync(stoppingToken));
    }

    // A socket whose file is gone can't be connected to: whether its loop turns can't be told, and a restart would not bring the file back.
    private async Task<AcceptLoop?> FindStillAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        foreach (var loop in loops.All.Where(loop => loop.HasFile))
        {
            if (!await loop.ProveAsync(limit, time, cancellationToken))
                return loop;
        }

        return null;
    }
}
