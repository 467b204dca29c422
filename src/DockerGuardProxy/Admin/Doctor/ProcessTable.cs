using DockerGuardProxy.Probe;
using DockerGuardProxy.Text;

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
                if (_reader.Link($"{folder}/{descriptor}", out var target) != ReadOutcome.Done || SocketOf(target) is not { } inode
                    || !sockets.Contains(inode))
                {
                    continue;
                }
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

    /// <summary>
    /// Whether it is one of the node's own programs: it lives in the initial pid namespace or, where the node is itself a
    /// container (kind), in that of process 1. The first is asked first: some hosts let not even root look at process 1. Null where it
    /// can't be told.
    /// </summary>
    public bool? IsHosts(int pid)
    {
        if (_reader.Link($"{_procfs}/{pid}/ns/pid", out var own) != ReadOutcome.Done)
            return null;
        if (own == Membership.HostPidNamespace)
            return true;
        return _reader.Link($"{_procfs}/1/ns/pid", out var first) == ReadOutcome.Done ? own == first : null;
    }

    /// <summary>
    /// Its command line; empty where it must not be read or can't. Any user may call a program as he likes, so only root's tells anything.
    /// And the read takes a lock that a task of the process may hold while it is stuck: it is left alone while any is in D state.
    /// </summary>
    public IReadOnlyList<string> CommandLineOf(int pid) =>
        IsRoots(pid) && !MayBeStuck(pid) && _reader.Read($"{_procfs}/{pid}/cmdline", out var text) == ReadOutcome.Done
            ? System.Text.Encoding.UTF8.GetString(text).TrimEnd('\0').Split('\0')
            : [];

    // Effective user id: the second number of proc_pid_status(5) Uid.
    private bool IsRoots(int pid)
    {
        if (_reader.Read($"{_procfs}/{pid}/status", out var text) != ReadOutcome.Done)
            return false;
        var uids = text.IndexOf("\nUid:\t"u8) is >= 0 and var at ? text[(at + 6)..] : default;
        var effective = uids[(uids.IndexOf((byte)'\t') + 1)..];
        return effective.StartsWith("0\t"u8);
    }

    private bool MayBeStuck(int pid)
    {
        if (ProcReader.List($"{_procfs}/{pid}/task", out var tids) != ReadOutcome.Done)
            return true;
        foreach (var tid in tids)
        {
            var outcome = _reader.Read($"{_procfs}/{pid}/task/{tid}/stat", out var text);
            if (outcome != ReadOutcome.Gone && (outcome != ReadOutcome.Done || !TaskStat.TryParse(text, out var stat) || stat.State == 'D'))
                return true;
        }

        return false;
    }

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
        Processes.Add(
            new(pid, _reader.Read($"{_procfs}/{pid}/comm", out var comm) == ReadOutcome.Done ? Printable.Of(comm.TrimEnd((byte)'\n')) : ""));
    }

    // "socket:[1933588]"
    private static uint? SocketOf(string link) =>
        link.StartsWith("socket:[", StringComparison.Ordinal) && uint.TryParse(link.AsSpan(8).TrimEnd(']'), out var inode) ? inode : null;
}
