using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard.Permits;

namespace DockerGuardProxy.Admin;

/// <summary>What the status says of containers' locks. Pure.</summary>
internal static class LockStatus
{
    /// <summary>Statistics that are silent for longer than healthy ones take: two samples, a second apart.</summary>
    private static readonly TimeSpan SilentStats = TimeSpan.FromSeconds(5);

    /// <summary>So many containers' statistics are silent only where the engine's one collector hangs.</summary>
    private const int ManySilent = 3;

    private static readonly TimeSpan Brief = TimeSpan.FromSeconds(1);

    /// <summary>Describes it.</summary>
    /// <param name="permits">Who waits.</param>
    /// <param name="containers">Who they are.</param>
    /// <param name="isPruning">Whether a prune is open.</param>
    public static LocksReport Describe(PermitSnapshot permits, ContainerSet containers, bool isPruning)
    {
        var totals = permits.Totals;
        return new LocksReport(
            permits.Waiting, totals.Held, totals.WouldHold, totals.WrongHolds, totals.Told, totals.WouldTell, totals.WrongTells, totals.Refused,
            totals.Dropped,
            [
                .. permits.Containers.Where(IsWorthTelling)
                    .OrderByDescending(it => it.SlowFor ?? TimeSpan.Zero).ThenByDescending(Oldest)
                    .Take(LocksReport.MaxContainers).Select(it => Describe(it, containers.Find(it.Id))),
            ],
            StatsWaitFor(permits),
            isPruning ? permits.Containers.Where(it => it.SlowFor is not null).MaxBy(it => it.SlowFor)?.Id : null);
    }

    // What comes and goes within moments would only flicker.
    private static bool IsWorthTelling(LockSnapshot container) => container.SlowFor is not null || container.Held > 0 || Oldest(container) > Brief;

    private static TimeSpan Oldest(LockSnapshot container) => container.Calls.Select(calls => calls.Oldest).DefaultIfEmpty().Max();

    private static string? StatsWaitFor(PermitSnapshot permits)
    {
        var silent = permits.Containers
            .Select(it => (it.Id, it.SlowFor, Age: it.Calls.FirstOrDefault(calls => calls is { Operation: "stats", Unanswered: > 0 })?.Oldest))
            .Where(it => it.Age > SilentStats)
            .ToList();
        return silent.Count(it => it.SlowFor is null) >= ManySilent ? silent.MaxBy(it => it.Age).Id : null;
    }

    private static LockReport Describe(LockSnapshot it, Container? container) => new(
        it.Id,
        container?.Name ?? "",
        container?.Pod is { } pod ? new PodReport(pod.Namespace ?? "", pod.Name ?? "", pod.Uid) : null,
        Seconds(it.SlowFor),
        it.Holder is { } holder ? PermitText.Holder(holder) : null,
        it.Holder?.Since,
        it.Kept,
        [.. it.Calls.Select(calls => new CountedCallsReport(calls.Operation, calls.Unanswered, calls.Held, Seconds(calls.Oldest)!.Value))]);

    private static double? Seconds(TimeSpan? time) => time is { } some ? Math.Round(some.TotalSeconds, 3) : null;
}
