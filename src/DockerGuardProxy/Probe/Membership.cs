namespace DockerGuardProxy.Probe;

/// <summary>Finds which processes belong to which run: one read of <c>cgroup</c> for each process of the node, more for few.</summary>
internal sealed class Membership
{
    /// <summary>Inode of the first PID namespace, the same on every kernel (include/linux/proc_ns.h, PROC_PID_INIT_INO).</summary>
    public const string HostPidNamespace = "pid:[4026531836]";

    private readonly ProcRoot _root;
    private readonly ScanCursor _cursor;
    private readonly ProcReader _reader;
    private readonly IReadOnlyList<(ContainerRun Run, RunMemory Memory)> _asks;
    private readonly Dictionary<int, Member>[] _members;
    private readonly Dictionary<string, List<int>> _asksById = [];
    private readonly HashSet<int> _ofOthers = [];
    private readonly HashSet<int> _unclear = [];
    private List<int> _pids = [];
    private bool _anyContainer;

    public Membership(
        ProcRoot root, ScanCursor cursor, ProcReader reader, IReadOnlyList<(ContainerRun Run, RunMemory Memory)> asks)
    {
        _root = root;
        _cursor = cursor;
        _reader = reader;
        _asks = asks;
        _members = new Dictionary<int, Member>[asks.Count];
        for (var i = 0; i < asks.Count; i++)
        {
            _members[i] = [];
            if (!_asksById.TryGetValue(asks[i].Run.Id, out var list))
                _asksById[asks[i].Run.Id] = list = [];
            list.Add(i);
        }
    }

    /// <summary>The processes found for the ask.</summary>
    public IEnumerable<Member> Of(int ask) => _members[ask].Values;

    /// <summary>True where the run has a process that its cgroup does not tell, or that can't be read: there may be more.</summary>
    public bool IsUnclear(int ask) => _unclear.Contains(ask);

    /// <summary>
    /// Goes through all processes. False if one may have been missed: /proc can't be listed, hides processes (hidepid: not even process 1
    /// is there), has one whose cgroup can't be read, or shows paths that we don't understand.
    /// </summary>
    public bool Find()
    {
        if (ProcReader.List(_root.Proc, out _pids) != ReadOutcome.Done || _pids.Count == 0 || _pids[0] != 1)
            return false;
        foreach (var pid in _pids)
        {
            if (!_cursor.TryEnter(ScanPhase.Membership, pid))
                return false;
            switch (_reader.Read($"{_root.Proc}/{pid}/cgroup", out var text))
            {
                case ReadOutcome.Refused:
                    return false;
                case ReadOutcome.Gone:
                    continue;
            }

            var place = CgroupPlace.Parse(text);
            if (!place.Understood)
                return false;
            var placed = !place.Ids.IsEmpty ? TryAdd(pid, place) : !place.HidesExiting || TryPlaceExiting(pid);
            if (!placed)
                return false;
        }

        for (var ask = 0; ask < _asks.Count; ask++)
            FollowInit(ask);
        return true;
    }

    /// <summary>
    /// Whether the run's init has gone. Counts only where it would be seen: the initial PID namespace, or a /proc that shows containers.
    /// </summary>
    public bool InitGone(int ask)
    {
        if (_asks[ask].Run.InitPid is not { } pid || _members[ask].ContainsKey(pid))
            return false;
        if (!_anyContainer
            && !(_reader.Link($"{_root.Proc}/self/ns/pid", out var space) == ReadOutcome.Done && space == HostPidNamespace))
        {
            return false;
        }

        // Used again by another container; by a process of the host it could also be ours in a layout that we don't understand.
        return _ofOthers.Contains(pid) || _reader.Read($"{_root.Proc}/{pid}/stat", out _) == ReadOutcome.Gone;
    }

    /// <summary>Adds all processes in the PID namespace of <paramref name="init"/>; true if there were any new ones.</summary>
    public bool AddNamespaceOf(int ask, int init)
    {
        var found = false;
        if (_cursor.TryEnter(ScanPhase.Namespaces, init)
            && _reader.Link($"{_root.Proc}/{init}/ns/pid", out var space) == ReadOutcome.Done)
        {
            foreach (var (pid, place) in Others(ask, space, out _))
                found |= TryAddTo(ask, pid, place) == ReadOutcome.Done;
        }

        return found;
    }

    /// <summary>Where the cgroup of its init does not lead to a run, the init's PID namespace may.</summary>
    private void FollowInit(int ask)
    {
        var (run, memory) = _asks[ask];
        if (run.InitPid is not { } pid || _members[ask].ContainsKey(pid) || _ofOthers.Contains(pid)
            || TryStat(pid, out var stat) != ReadOutcome.Done)
        {
            return;
        }

        ulong? seen = memory.Starts.TryGetValue(pid, out var start) ? start : null;
        var init = new StrayInit(stat.Start, seen, IsNamespaceInit(pid), null, false);
        List<(int Pid, CgroupPlace? Place)> others = [];
        if (init.IsProcessOne && _cursor.TryEnter(ScanPhase.Namespaces, pid)
            && _reader.Link($"{_root.Proc}/{pid}/ns/pid", out var space) == ReadOutcome.Done)
        {
            others = Others(ask, space, out var isWhole);
            init = init with
            {
                Namespace = space,
                HasStrangers = !isWhole || others.Any(static other => other.Place is { Ids.IsEmpty: false }),
            };
        }

        switch (init.Meaning)
        {
            case StrayMeaning.Own:
                foreach (var (other, place) in others)
                {
                    if (TryAddTo(ask, other, place) == ReadOutcome.Refused)
                        _unclear.Add(ask);
                }

                break;
            case StrayMeaning.Unclear:
                _unclear.Add(ask);
                break;
        }
    }

    /// <summary>
    /// The processes of a PID namespace that are not known to be the run's, and where each stands. <paramref name="isWhole"/> is false if one
    /// may be missing. Their links are read only where nothing else tells: one may block, see <see cref="ScanPhase"/>.
    /// </summary>
    private List<(int Pid, CgroupPlace? Place)> Others(int ask, string space, out bool isWhole)
    {
        isWhole = true;
        var found = new List<(int Pid, CgroupPlace? Place)>();
        foreach (var pid in _pids)
        {
            if (_members[ask].ContainsKey(pid))
                continue;
            var outcome = ReadOutcome.Refused;
            var other = "";
            if (_cursor.TryEnter(ScanPhase.Namespaces, pid))
                outcome = _reader.Link($"{_root.Proc}/{pid}/ns/pid", out other);
            isWhole &= outcome != ReadOutcome.Refused;
            if (outcome == ReadOutcome.Done && other == space)
                found.Add((pid, _reader.Read($"{_root.Proc}/{pid}/cgroup", out var text) == ReadOutcome.Done ? CgroupPlace.Parse(text) : null));
        }

        return found;
    }

    private ReadOutcome TryAddTo(int ask, int pid, CgroupPlace? place)
    {
        var outcome = TryStat(pid, out var stat);
        if (outcome == ReadOutcome.Done)
            _members[ask][pid] = new(pid, stat.Start, place?.FreezerPath, place?.Unified ?? false);
        return outcome;
    }

    /// <summary>False if it is a process of a run asked for, and can't be read.</summary>
    private bool TryAdd(int pid, CgroupPlace place)
    {
        _anyContainer = true;
        var asks = place.Ids.Where(_asksById.ContainsKey).SelectMany(id => _asksById[id]).ToArray();
        if (asks.Length == 0)
        {
            _ofOthers.Add(pid);
            return true;
        }

        // A thread that hangs in it is of no concern to other containers.
        if (!_cursor.TryEnter(ScanPhase.Tasks, pid))
        {
            _unclear.UnionWith(asks);
            return true;
        }

        var outcome = TryStat(pid, out var stat);
        if (outcome == ReadOutcome.Done)
        {
            foreach (var ask in asks)
                _members[ask][pid] = new(pid, stat.Start, place.FreezerPath, place.Unified);
        }

        return outcome != ReadOutcome.Refused;
    }

    /// <summary>
    /// A process in the root of every v1 hierarchy: of the host, or one of a container whose leader exits. Then its other threads tell;
    /// or it was seen before; or it is the init that the caller named, still process 1 of a namespace. False if it can't be read.
    /// </summary>
    private bool TryPlaceExiting(int pid)
    {
        var outcome = TryStat(pid, out var stat);
        if (outcome != ReadOutcome.Done)
            return outcome == ReadOutcome.Gone;
        if (!stat.IsExiting || stat.IsKernelThread)
            return true;

        if (ProcReader.List($"{_root.Proc}/{pid}/task", out var tids) == ReadOutcome.Done)
        {
            foreach (var tid in tids)
            {
                if (tid == pid || _reader.Read($"{_root.Proc}/{pid}/task/{tid}/cgroup", out var text) != ReadOutcome.Done)
                    continue;
                var place = CgroupPlace.Parse(text);
                if (!place.Understood)
                    return false;
                if (place.Ids.IsEmpty)
                    continue;
                return TryAdd(pid, place);
            }
        }

        for (var i = 0; i < _asks.Count; i++)
        {
            var (run, memory) = _asks[i];
            var known = memory.Starts.TryGetValue(pid, out var start) && start == stat.Start;
            if (known || (run.InitPid == pid && IsNamespaceInit(pid)))
                _members[i][pid] = new(pid, stat.Start, null, false);
        }

        return true;
    }

    private bool IsNamespaceInit(int pid) =>
        _reader.Read($"{_root.Proc}/{pid}/status", out var text) == ReadOutcome.Done
        && TaskSignals.TryParse(text, out var status)
        && status is { NamespacePid: 1, IsNested: true };

    private ReadOutcome TryStat(int pid, out TaskStat stat)
    {
        stat = default;
        var outcome = _reader.Read($"{_root.Proc}/{pid}/stat", out var text);
        return outcome == ReadOutcome.Done && !TaskStat.TryParse(text, out stat) ? ReadOutcome.Refused : outcome;
    }
}
