using System.Collections.Immutable;

namespace DockerGuardProxy.Probe;

/// <summary>
/// One pass over /proc for several containers, on one thread. Touches nothing that others use, so that a pass whose thread hangs may end at
/// any later time.
/// </summary>
/// <param name="root">Where /proc is.</param>
/// <param name="cursor">Told of each step.</param>
internal sealed class ProcScan(ProcRoot root, ScanCursor cursor)
{
    private readonly ProcReader _reader = new();
    private CgroupMounts? _cgroups;
    private TaskReader? _tasks;

    private TaskReader Tasks => _tasks ??= new(root, _reader);

    /// <summary>
    /// First sample: finds the processes of every run, then reads their tasks.
    /// </summary>
    /// <param name="asks">The runs, and what is known of them.</param>
    /// <returns>One sample for each, in order.</returns>
    public ImmutableArray<RunSample> First(IReadOnlyList<(ContainerRun Run, RunMemory Memory)> asks)
    {
        var membership = new Membership(root, cursor, _reader, asks);
        if (!membership.Find())
            return [.. asks.Select(static _ => RunSample.Unreadable)];

        var samples = ImmutableArray.CreateBuilder<RunSample>(asks.Count);
        for (var i = 0; i < asks.Count; i++)
        {
            if (membership.IsUnclear(i))
            {
                samples.Add(RunSample.Unreadable);
                continue;
            }

            var sample = Sample(membership.Of(i), membership.InitGone(i), withFreezer: false);

            // An init that has been killed waits for all of its PID namespace. If none of the tasks found is what it waits for, that one
            // hides its cgroup (exiting, v1) or belongs to another container of a shared namespace.
            if (sample.AllDoomed && !sample.Tasks.Any(static task => task.State == 'D'))
            {
                var init = sample.Tasks.FirstOrDefault(static task => task is { IsNamespaceInit: true, Exiting: true, IsLive: true });
                if (init.Pid != 0 && membership.AddNamespaceOf(i, init.Pid))
                    sample = Sample(membership.Of(i), false, withFreezer: false);
            }

            samples.Add(sample);
        }

        return samples.DrainToImmutable();
    }

    /// <summary>
    /// Second sample: the same processes again, without another pass over all of /proc, unless some run had none.
    /// </summary>
    /// <param name="asks">As before.</param>
    /// <param name="first">The first samples.</param>
    public ImmutableArray<RunSample> Second(
        IReadOnlyList<(ContainerRun Run, RunMemory Memory)> asks, ImmutableArray<RunSample> first)
    {
        var empty = Enumerable.Range(0, asks.Count).Where(i => first[i] is { Readable: true, Members.IsEmpty: true }).ToArray();
        var again = empty.Length == 0 ? [] : First([.. empty.Select(i => asks[i])]);

        var samples = ImmutableArray.CreateBuilder<RunSample>(asks.Count);
        for (var i = 0; i < asks.Count; i++)
        {
            var at = Array.IndexOf(empty, i);
            samples.Add(at >= 0 ? again[at] : first[i].Readable ? Sample(first[i].Members, false, withFreezer: true) : first[i]);
        }

        return samples.DrainToImmutable();
    }

    /// <summary>Whether a whole look still holds: two files of one task where it does.</summary>
    public Standing Confirm(CheapLook look)
    {
        var (before, initPid, turn) = look;
        if (before.Diagnosis.Kind == DiagnosisKind.ExitLost)
            return initPid is { } init && IsGone(init) ? Standing.Stands : Standing.Shaken;
        var witnesses = before.Witnesses;
        for (var i = 0; i < witnesses.Length; i++)
        {
            var witness = witnesses[(turn + i) % witnesses.Length];
            if (!cursor.TryEnter(ScanPhase.Tasks, witness.Pid))
                continue;
            if (before.Diagnosis.Kind == DiagnosisKind.NotKilled ? Tasks.IsStillNotKilled(witness) : Tasks.IsWhereItWas(witness))
                return i == 0 ? Standing.Stands : Standing.Shaken;
        }

        return Standing.Fallen;
    }

    // A zombie that nobody reaps is no task any more.
    private bool IsGone(int pid) => cursor.TryEnter(ScanPhase.Tasks, pid) && Tasks.Read(pid, pid, out var task) switch
    {
        ReadOutcome.Gone => true,
        ReadOutcome.Done => !task.IsLive,
        _ => false,
    };

    private RunSample Sample(IEnumerable<Member> members, bool initGone, bool withFreezer)
    {
        var left = ImmutableArray.CreateBuilder<Member>();
        var tasks = ImmutableArray.CreateBuilder<TaskSample>();
        foreach (var member in members.OrderBy(static member => member.Pid))
        {
            if (!cursor.TryEnter(ScanPhase.Tasks, member.Pid))
                return RunSample.Unreadable;
            var before = tasks.Count;
            switch (ReadTasks(member, tasks))
            {
                case ReadOutcome.Refused:
                    return RunSample.Unreadable;
                case ReadOutcome.Done when tasks.Count > before:
                    left.Add(member);
                    break;
            }
        }

        var sample = new RunSample(true, initGone, left.DrainToImmutable(), tasks.DrainToImmutable());
        return withFreezer && sample.AllDoomed ? WithFreezer(sample) : sample;
    }

    private ReadOutcome ReadTasks(Member member, ImmutableArray<TaskSample>.Builder tasks)
    {
        var folder = $"{root.Proc}/{member.Pid}/task";
        var outcome = ProcReader.List(folder, out var tids);
        if (outcome != ReadOutcome.Done)
            return outcome;
        foreach (var tid in tids)
        {
            outcome = Tasks.Read(member.Pid, tid, out var task);
            if (outcome == ReadOutcome.Gone)
                continue;
            if (outcome == ReadOutcome.Refused)
                return ReadOutcome.Refused;

            // The pid was used again since it was found.
            if (tid == member.Pid && task.Start != member.Start)
                return ReadOutcome.Done;
            tasks.Add(task);
        }

        return ReadOutcome.Done;
    }

    private RunSample WithFreezer(RunSample sample)
    {
        _cgroups ??= new(
            _reader.Read($"{root.Proc}/self/mountinfo", out var text) == ReadOutcome.Done ? Mount.ParseTable(text) : [],
            root.MountPrefix);
        var frozen = new HashSet<int>();
        var byPath = new Dictionary<string, bool>();
        foreach (var member in sample.Members)
        {
            if (member.FreezerPath is not { } path)
                continue;
            if (!byPath.TryGetValue(path, out var isFrozen))
                byPath[path] = isFrozen = _cgroups.IsFrozen(_reader, member);
            if (isFrozen)
                frozen.Add(member.Pid);
        }

        return frozen.Count == 0
            ? sample
            : sample with { Tasks = [.. sample.Tasks.Select(task => task with { Frozen = frozen.Contains(task.Pid) })] };
    }
}
