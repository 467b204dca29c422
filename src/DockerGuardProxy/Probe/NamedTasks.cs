using System.Collections.Immutable;

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
}
