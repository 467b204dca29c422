namespace DockerGuardProxy.Probe;

/// <summary>Reads one task: <c>stat</c> and <c>status</c>.</summary>
/// <param name="root">Where /proc is.</param>
/// <param name="reader">Reads the files.</param>
internal sealed class TaskReader(ProcRoot root, ProcReader reader)
{
    /// <summary>Reads it. <see cref="ReadOutcome.Gone"/> also for a kernel thread, which is none of the container's.</summary>
    public ReadOutcome Read(int pid, int tid, out TaskSample task)
    {
        task = default;
        var outcome = reader.Read($"{root.Proc}/{pid}/task/{tid}/stat", out var text);
        if (outcome != ReadOutcome.Done)
            return outcome;
        if (!TaskStat.TryParse(text, out var stat))
            return ReadOutcome.Refused;
        if (stat.IsKernelThread)
            return ReadOutcome.Gone;

        outcome = reader.Read($"{root.Proc}/{pid}/task/{tid}/status", out text);
        if (outcome != ReadOutcome.Done)
            return outcome;
        if (!TaskSignals.TryParse(text, out var status))
            return ReadOutcome.Refused;
        task = new(
            pid, tid, stat.Start, stat.Comm, stat.State, status.KillPending, stat.IsExiting, status is { NamespacePid: 1, IsNested: true },
            status.Switches);
        return ReadOutcome.Done;
    }

    /// <summary>True where the task is found where it was: SIGKILL has reached it, and it has not moved.</summary>
    public bool IsWhereItWas(TaskSample before) =>
        Read(before.Pid, before.Tid, out var now) == ReadOutcome.Done && now.IsDoomed && now.IsWhere(before);

    /// <summary>True where the task is still one that SIGKILL has not reached.</summary>
    public bool IsStillNotKilled(TaskSample before) =>
        Read(before.Pid, before.Tid, out var now) == ReadOutcome.Done && now.Start == before.Start && now is { IsLive: true, IsDoomed: false };
}
