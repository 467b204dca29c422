using System.Collections.Immutable;

namespace DockerGuardProxy.Probe;

/// <summary>A diagnosis before its tasks are described.</summary>
/// <param name="Kind">Which case it is.</param>
/// <param name="Holders">The tasks that hold the container, those in D state first, then by pid and tid.</param>
/// <param name="Unreached">Where it was not killed: the tasks that SIGKILL has not reached.</param>
internal readonly record struct BareDiagnosis(DiagnosisKind Kind, ImmutableArray<TaskSample> Holders, ImmutableArray<TaskSample> Unreached)
{
    /// <summary>
    /// The tasks by which the diagnosis is told to stand: none that SIGKILL can end is added to a container, so one that it does not end is
    /// enough, and so is one that it has not reached. Some of them, from the first to the last: what lets one go may keep another.
    /// </summary>
    public ImmutableArray<TaskSample> Witnesses
    {
        get
        {
            var all = Kind switch
            {
                DiagnosisKind.DState or DiagnosisKind.Frozen => Holders,
                DiagnosisKind.NotKilled => Unreached,
                _ => [],
            };
            return all.Length <= Look.MaxWitnesses
                ? all
                : [.. Enumerable.Range(0, Look.MaxWitnesses).Select(i => all[(int)((long)i * (all.Length - 1) / (Look.MaxWitnesses - 1))])];
        }
    }

    /// <summary>
    /// Decides from two samples a second apart. Pure. In order:
    /// 1. a sample that may be incomplete tells nothing;
    /// 2. no task that could be killed is left: the exit is lost, if it is sure that the tasks would have been seen;
    /// 3. before SIGKILL is due nothing is wrong;
    /// 4. a task that SIGKILL has not reached: not killed;
    /// 5. all reached, and one in D state has not moved: stuck there, or frozen;
    /// 6. all reached, all asleep, none has moved: they wait for something outside;
    /// 7. otherwise they are on their way out.
    /// D state and a still context-switch count alone prove nothing: a busy disk, a vfork parent and a frozen cgroup show both.
    /// </summary>
    /// <param name="first">The earlier sample.</param>
    /// <param name="second">The later one.</param>
    /// <param name="killDue">Whether the engine should have sent SIGKILL before the first sample.</param>
    /// <param name="seen">Whether tasks of this run were seen at any time before.</param>
    public static BareDiagnosis Of(RunSample first, RunSample second, bool killDue, bool seen)
    {
        // 1.
        if (!first.Readable || !second.Readable)
            return Plain(DiagnosisKind.CannotTell);

        // 2.
        var liveBefore = first.Tasks.Where(static task => task.IsLive).ToDictionary(static task => (task.Tid, task.Start));
        var live = second.Tasks.Where(static task => task.IsLive).ToArray();
        if (live.Length == 0)
        {
            if (liveBefore.Count > 0)
                return Plain(DiagnosisKind.Alive);
            if (!seen && !second.InitGone && second.Tasks.IsEmpty)
                return Plain(DiagnosisKind.CannotTell);
            return killDue ? new(DiagnosisKind.ExitLost, second.Tasks, []) : Plain(DiagnosisKind.Alive);
        }

        // 3.
        if (!killDue)
            return Plain(DiagnosisKind.Alive);

        // 4. Only if it was so in both: a signal that has just arrived, or a task that has just come, is no sign of a hanging shim.
        var allDoomedBefore = liveBefore.Values.All(static task => task.IsDoomed);
        var unreached = live.Where(static task => !task.IsDoomed).ToImmutableArray();
        if (!unreached.IsEmpty)
            return allDoomedBefore ? Plain(DiagnosisKind.Alive) : new(DiagnosisKind.NotKilled, [], unreached);
        if (!allDoomedBefore)
            return Plain(DiagnosisKind.Alive);

        // 5.
        var still = live.Where(task =>
            liveBefore.TryGetValue((task.Tid, task.Start), out var before) && task.IsWhere(before)).ToArray();
        var inD = still.Where(static task => task.State == 'D').ToArray();
        if (inD.Length > 0)
        {
            // One that sleeps elsewhere outlives a thaw: it is the cause to name.
            var warm = inD.Where(static task => !task.Frozen).ToArray();
            return warm.Length == 0 ? new(DiagnosisKind.Frozen, [.. inD], []) : new(DiagnosisKind.DState, [.. warm], []);
        }

        // 6, 7.
        return still.Length == live.Length ? new(DiagnosisKind.DState, [.. still], []) : Plain(DiagnosisKind.Alive);
    }

    private static BareDiagnosis Plain(DiagnosisKind kind) => new(kind, [], []);
}
