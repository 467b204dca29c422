using System.Net.Sockets;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Campaign.Chaos;
using DockerGuardProxy.EngineTests.Guard;
using DockerGuardProxy.Guard;

namespace DockerGuardProxy.Campaign.Check;

/// <summary>
/// Asks a proxy once a second what it says of itself: whether limits are kept, and counts, which are added up over its processes.
/// </summary>
internal sealed class StatusWatch(Site site)
{
    /// <summary>The default of maxInFlight, the steps of sooner SIGKILLs, and the SIGKILL that always passes.</summary>
    private const int MostOpen = 2 + Decision.MaxSteps + 1;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly Dictionary<int, StatusReport> _last = [];

    /// <summary>Refused by the guard.</summary>
    public long Refused => _last.Values.Sum(status => status.Calls.Refused);

    /// <summary>Held because a lock was slow.</summary>
    public long Held => _last.Values.Sum(status => status.Locks?.Held ?? 0);

    /// <summary>Ended without being sent.</summary>
    public long Saved => _last.Values.Sum(status => status.Calls.Saved);

    /// <summary>The most resident memory that was seen, in bytes.</summary>
    public long MostRss { get; private set; }

    /// <summary>Looks until it is told to end.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await LookAsync();
            await Task.Delay(Every, CancellationToken.None);
        }
    }

    private async Task LookAsync()
    {
        StatusReport status;
        try
        {
            var before = Clock.Now;
            if (site.Proxy.Daemon.HasExited && !site.Chaos.Between(before, before).HasFlag(Trouble.ProxyAway))
                site.Findings.Break(Invariant.ProxyLives, site.Name, $"the proxy has ended by itself:\n{site.Proxy.Daemon.Tail()}");
            status = await site.Proxy.StatusAsync().WaitAsync(TimeSpan.FromSeconds(10));
            MostRss = Math.Max(MostRss, site.Proxy.Daemon.Rss());
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or TimeoutException or InvalidOperationException)
        {
            // Away, or between two processes; what is not explained is found by the clients.
            return;
        }

        var known = _last.GetValueOrDefault(status.Proxy.Pid);
        _last[status.Proxy.Pid] = status;
        var where = $"{site.Name} status";
        foreach (var container in status.Containers)
            site.Findings.Look(Invariant.LimitsKept, container.Open <= MostOpen, where, $"{container.Open} calls of {container.Name} are open");
        // Counts of a process only grow: each fault is told once.
        var (wrong, faults) = (status.Calls.WronglyRefused, status.Faults);
        site.Findings.Look(Invariant.HealthyNotRefused, wrong <= (known?.Calls.WronglyRefused ?? 0), where, $"{wrong} were wrongly refused");
        site.Findings.Look(Invariant.LogClean, faults <= (known?.Faults ?? 0), where, $"{faults} faults of the guard");
    }
}
