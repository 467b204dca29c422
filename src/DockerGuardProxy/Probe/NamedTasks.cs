using System.Collections.Immutable;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Probe;

/// <summary>Looks at tasks that are known already, for instance by a refusal that named them.</summary>
internal static class NamedTasks
{
    /// <summary>True where each of them is still there, the same task in the same state of sleep.</summary>
    /// <param name="root">Where /proc is.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="cursor">Told of each step.</param>
    public static bool AllWait(ProcRoot root, ImmutableArray<StuckTask> tasks, ScanCursor cursor)
    {
        var reader = new ProcReader();
        foreach (var task in tasks)
        {
            if (!cursor.TryEnter(ScanPhase.Tasks, task.Pid)
                || reader.Read($"{root.Proc}/{task.Pid}/task/{task.Tid}/stat", out var text) != ReadOutcome.Done
                || !TaskStat.TryParse(text, out var stat)
                || (stat.Start, stat.State) != (task.Start, task.State))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>When each of these processes was started; null for one that is gone, only waits to be reaped, or is not of its container.</summary>
    /// <param name="root">Where /proc is.</param>
    /// <param name="processes">The processes.</param>
    /// <param name="cursor">Told of each step.</param>
    /// <returns>The default where one can't be read.</returns>
    public static ImmutableArray<ulong?> Starts(ProcRoot root, ImmutableArray<NamedProcess> processes, ScanCursor cursor)
    {
        var reader = new ProcReader();
        var starts = ImmutableArray.CreateBuilder<ulong?>(processes.Length);
        foreach (var (pid, container) in processes)
        {
            if (!cursor.TryEnter(ScanPhase.Tasks, pid)) return default;
            if (container is not null && !IsOf(container, pid))
            {
                starts.Add(null);
                continue;
            }

            switch (reader.Read($"{root.Proc}/{pid}/stat", out var text))
            {
                case ReadOutcome.Done when TaskStat.TryParse(text, out var stat):
                    starts.Add(IsOver(root, pid, stat) ? null : stat.Start);
                    break;
                case ReadOutcome.Gone:
                    starts.Add(null);
                    break;
                default:
                    return default;
            }
        }

        return starts.DrainToImmutable();

        bool IsOf(string id, int pid) => reader.Read($"{root.Proc}/{pid}/cgroup", out var text) == ReadOutcome.Done
            && CgroupPlace.Parse(text) is { Understood: true } place && place.Ids.Contains(id);
    }

    /// <summary>True for a process that only waits to be reaped. A leader that has exited is a zombie for as long as other threads live.</summary>
    /// <param name="root">Where /proc is.</param>
    /// <param name="pid">The process.</param>
    /// <param name="stat">What its leader tells.</param>
    public static bool IsOver(ProcRoot root, int pid, in TaskStat stat) => stat.State is 'Z' or 'X' or 'x'
        && ProcReader.List($"{root.Proc}/{pid}/task", out var threads) != ReadOutcome.Refused && threads.Count <= 1;

    /// <summary>The names of processes, printable ASCII; empty for one that is gone or has no number, null for one that can't be read.</summary>
    /// <param name="root">Where /proc is.</param>
    /// <param name="pids">The processes.</param>
    /// <param name="cursor">Told of each step.</param>
    public static ImmutableArray<string?> Comms(ProcRoot root, ImmutableArray<int> pids, ScanCursor cursor)
    {
        var reader = new ProcReader();
        return [.. pids.Select(Comm)];

        string? Comm(int pid)
        {
            if (pid <= 0) return "";
            if (!cursor.TryEnter(ScanPhase.Tasks, pid)) return null;
            return reader.Read($"{root.Proc}/{pid}/comm", out var text) switch
            {
                ReadOutcome.Done => Printable.Of(text.TrimEnd((byte)'\n')),
                ReadOutcome.Gone => "",
                _ => null,
            };
        }
    }
}
