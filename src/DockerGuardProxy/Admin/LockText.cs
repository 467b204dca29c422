using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Admin;

/// <summary>The part of the status for people that is about containers' locks.</summary>
internal static class LockText
{
    private const string Yellow = "1;33";
    private const int MaxNamed = 10, MaxName = 128;

    /// <summary>One line of the node, where there is something to say.</summary>
    public static void WriteNode(Sheet sheet, LocksReport? locks)
    {
        if (locks is null)
            return;
        var slow = locks.Containers.Count(it => it.SlowSeconds is not null);
        var told = locks.Told + locks.WouldTell;
        if (slow + locks.Held + locks.WouldHold + told + locks.Refused > 0)
        {
            sheet.Row(
                "locks",
                $"{slow} slow, {locks.Waiting} waiting; {Both(locks.Held, locks.WouldHold, "held")} ({locks.WrongHolds} wrong), "
                + $"{Both(locks.Told, locks.WouldTell, "told")} ({locks.WrongTells} wrong), {locks.Refused} refused, {locks.Dropped} dropped");
        }

        if (locks.StatsWaitFor is { } stats)
            sheet.Row("stats", $"the engine's statistics of all containers wait, probably for {Name(locks, stats)}: its shim does not answer");
        if (locks.PruneWaitsFor is { } pruned)
            sheet.Row("prune", $"waits, probably for the lock of {Name(locks, pruned)}; until then every other prune is answered with 409");
    }

    /// <summary>The containers whose lock is slow.</summary>
    public static void WriteContainers(Sheet sheet, LocksReport? locks)
    {
        var waiting = locks?.Containers ?? [];
        if (waiting.Count == 0)
            return;
        sheet.Blank();
        foreach (var it in waiting.Take(MaxNamed))
        {
            sheet.Heading(
                it.SlowSeconds is { } seconds
                    ? $"SLOW LOCK {Name(it)}: the engine has not answered for {Age.Text(Time(seconds))}"
                    : $"WAITED FOR {Name(it)}",
                Yellow);
            if (it.Pod is { } pod)
                sheet.Row("pod", $"{Clean(pod.Namespace)}/{Clean(pod.Name)}");
            if (it.Holder is { } holder)
                sheet.Row("held by", $"probably {Clean(holder)}{(it.HolderSince is { } since ? $" since {UtcTime.Of(since)}" : "")}");
            else if (it.SlowSeconds is not null)
                sheet.Row("held by", "nobody that is known here: a client past the proxy, or the engine itself (its shim, a mount)");
            foreach (var calls in it.Calls)
            {
                var oldest = Age.Text(Time(calls.OldestSeconds));
                sheet.Row("calls", $"{Clean(calls.Operation)}: {calls.Unanswered} unanswered, {calls.Held} held (oldest {oldest})");
            }

            if (it.Kept > 0)
                sheet.Row("", $"{it.Kept} of them for clients that are gone");
        }

        if (waiting.Count > MaxNamed)
            sheet.Row("", $"and {waiting.Count - MaxNamed} more; see --json");
    }

    private static string Both(long done, long would, string what) => would > 0 ? $"{done} {what} ({would} more would be)" : $"{done} {what}";

    private static string Name(LocksReport locks, string id) =>
        locks.Containers.FirstOrDefault(it => it.Id == id) is { } known ? Name(known) : Clean(ShortId.Of(id));

    private static string Name(LockReport it) => $"{(it.Name.Length > 0 ? Clean(it.Name) : "(no name)")} ({Clean(ShortId.Of(it.Id))})";

    private static TimeSpan Time(double seconds) => TimeSpan.FromSeconds(double.IsFinite(seconds) ? Math.Clamp(seconds, 0, 1e10) : 0);

    private static string Clean(string foreign) => LogText.Escape(foreign, MaxName);
}
