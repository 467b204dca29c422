using DockerGuardProxy.Listen;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Hosting;

/// <summary>
/// Hands memory that nobody uses any more back to the system. The collector runs when objects are made: without this, a proxy whose clients
/// have left would keep what they took until as many come again.
/// </summary>
/// <param name="measure">What the process uses now.</param>
/// <param name="collect">Hands back what nobody uses.</param>
/// <param name="time">The clock of its looks.</param>
/// <param name="logger">Told of each release.</param>
internal sealed class MemoryWatch(Func<MemoryUse> measure, Action collect, TimeProvider time, ILogger logger) : BackgroundService
{
    /// <summary>What this process uses.</summary>
    public static MemoryUse Measure(ClientConnections connections) =>
        new(Environment.WorkingSet, connections.Count, GC.GetTotalAllocatedBytes());

    /// <summary>
    /// All threads stand still meanwhile. Aggressive is the one mode that gives empty regions back at once; the others keep them for a time
    /// that is counted in collections.
    /// </summary>
    public static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var looks = new PeriodicTimer(MemoryRules.Period, time);

        // A sixth of an idle proxy's memory is rubbish of its start (measured: 35 MB, then 29.6), and nobody is there yet to feel the pause.
        var released = Release(measure());
        var before = released;
        while (await looks.WaitForNextTickAsync(stoppingToken))
        {
            var now = measure();
            if (MemoryRules.IsReleaseDue(released, before, now))
                now = released = Release(now);
            before = now;
        }
    }

    private MemoryUse Release(MemoryUse before)
    {
        var began = time.GetTimestamp();
        collect();
        var pause = time.GetElapsedTime(began);
        var after = measure();
        HostingLog.MemoryReleased(logger, before.Resident >> 20, after.Resident >> 20, after.Connections, pause.TotalMilliseconds);
        return after;
    }
}
