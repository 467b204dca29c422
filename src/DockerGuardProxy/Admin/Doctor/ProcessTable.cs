using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Admin.Doctor;

/// <summary>The node's processes as one look through procfs shows them; whatever ends meanwhile is left out.</summary>
internal sealed class ProcessTable
{
    private readonly string _procfs;
    private readonly ProcReader _reader = new();
    private readonly Dictionary<string, int> _firstOf = new(StringComparer.Ordinal);

    private ProcessTable(string procfs) => _procfs = procfs;

    /// <summary>By pid.</summary>
    public List<SeenProcess> Processes { get; } = [];

    /// <summary>None is hidden, as far as that can be told: process 1 is there, and each cgroup can be read.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Processes whose cgroup is not understood.</summary>
    public int Strange { get; private set; }

    /// <summary>Ids of the containers that have processes.</summary>
    public IReadOnlySet<string> Containers => _firstOf.Keys.ToHashSet(StringComparer.Ordinal);

    /// <summary>Looks.</summary>
    public static ProcessTable Read(string procfs)
    {
        var table = new ProcessTable(procfs);
        table.IsWhole = ProcReader.List(procfs, out var pids) == ReadOutcome.Done && pids is [1, ..];
        foreach (var pid in pids)
            table.Add(pid);
        return table;
    }

    /// <summary>A process of the container: the first that it had, as long as that lives; null if it has none.</summary>
    public int? ProcessOf(string container) => _firstOf.TryGetValue(container, out var pid) ? pid : null;

    /// <summary>Who holds each of these sockets.</summary>
    public Dictionary<uint, List<SeenProcess>> HoldersOf(IReadOnlySet<uint> sockets)
    {
        var holders = new Dictionary<uint, List<SeenProcess>>();
        foreach (var process in Processes)
        {
            var folder = $"{_procfs}/{process.Pid}/fd";
            if (sockets.Count == 0 || ProcReader.List(folder, out var descriptors) != ReadOutcome.Done)
                continue;
            foreach (var descriptor in descriptors)
            {
                if (_reader.Link($"{folder}/{descriptor}", out var target) != ReadOutcome.Done || SocketOf(target) is not { } inode || !sockets.Contains(inode))
                    continue;
                if (!holders.TryGetValue(inode, out var list))
                    holders[inode] = list = [];
                if (!list.Contains(process))
                    list.Add(process);
            }
        }

        return holders;
    }

    /// <summary>The mounts that the process sees; none where they can't be read.</summary>
    public IReadOnlyList<Mount> MountsOf(int pid) =>
        _reader.Read($"{_procfs}/{pid}/mountinfo", out var text) == ReadOutcome.Done ? Mount.ParseTable(text) : [];

    /// <summary>Its command line. Of a stuck process the read may block, so this is for programs that are no container's.</summary>
    public IReadOnlyList<string> CommandLineOf(int pid) =>
        _reader.Read($"{_procfs}/{pid}/cmdline", out var text) == ReadOutcome.Done ? System.Text.Encoding.UTF8.GetString(text).TrimEnd('\0').Split('\0') : [];

    private void Add(int pid)
    {
        var outcome = _reader.Read($"{_procfs}/{pid}/cgroup", out var text);
        if (outcome != ReadOutcome.Done)
        {
            IsWhole &= outcome == ReadOutcome.Gone;
            return;
        }

        var place = CgroupPlace.Parse(text);
        if (!place.Understood)
            Strange++;
        foreach (var id in place.Ids)
            _firstOf.TryAdd(id, pid);
        Processes.Add(new(pid, _reader.Read($"{_procfs}/{pid}/comm", out var comm) == ReadOutcome.Done ? Printable.Of(comm.TrimEnd((byte)'\n')) : ""));
    }

    // "socket:[1933588]"
    private static uint? SocketOf(string link) =>
        link.StartsWith("socket:[", StringComparison.Ordinal) && uint.TryParse(link.AsSpan(8).TrimEnd(']'), out var inode) ? inode : null;
}
