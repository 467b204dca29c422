using System.Collections.Immutable;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Probe;

/// <summary>
/// Describes the tasks that hold a container. What can't be read is left out. A task that is not where it was once its details have been
/// read is left out whole: it holds nothing any more, and the details are another's, or nobody's.
/// </summary>
internal sealed class StallDetails
{
    private const int MaxLinks = 256, MaxMountTables = 256, MaxWchan = 128;

    private readonly ProcRoot _root;
    private readonly ScanCursor _cursor;
    private readonly ProcReader _reader = new();
    private readonly TaskReader _tasks;

    public StallDetails(ProcRoot root, ScanCursor cursor)
    {
        _root = root;
        _cursor = cursor;
        _tasks = new(root, _reader);
    }

    /// <summary>The first tasks with kernel function and file system, in the same order.</summary>
    /// <param name="holders">The tasks.</param>
    /// <param name="members">All processes of the run: one that exits has no mount table of its own any more.</param>
    /// <param name="described">What is known of some of them already.</param>
    public DescribedTasks Of(ImmutableArray<TaskSample> holders, ImmutableArray<Member> members, ImmutableArray<StuckTask> described)
    {
        var tasks = ImmutableArray.CreateBuilder<StuckTask>();
        var read = ImmutableArray.CreateBuilder<StuckTask>();
        var left = 0;
        foreach (var holder in holders)
        {
            if (tasks.Count == Diagnosis.MaxTasks)
                break;
            var task = described.FirstOrDefault(task => IsOf(task, holder));
            var isWhole = task is not null || _cursor.TryEnter(ScanPhase.Details, holder.Pid);
            task ??= isWhole ? Describe(holder, members) : Bare(holder);
            if (holder.IsLive && !_tasks.IsWhereItWas(holder))
            {
                left++;
                continue;
            }

            tasks.Add(task);
            if (isWhole)
                read.Add(task);
        }

        return new(tasks.DrainToImmutable(), read.DrainToImmutable(), left);
    }

    /// <summary>The first tasks without anything that would have to be read.</summary>
    public static DescribedTasks Bare(ImmutableArray<TaskSample> holders) =>
        new([.. holders.Take(Diagnosis.MaxTasks).Select(Bare)], [], 0);

    private static StuckTask Bare(TaskSample task) => new(task.Pid, task.Tid, task.Start, task.Comm, task.State, "", null);

    private static bool IsOf(StuckTask task, TaskSample holder) =>
        (task.Pid, task.Tid, task.Start, task.State, task.Comm) == (holder.Pid, holder.Tid, holder.Start, holder.State, holder.Comm);

    private StuckTask Describe(TaskSample holder, ImmutableArray<Member> members)
    {
        var folder = $"{_root.Proc}/{holder.Pid}/task/{holder.Tid}";
        var wchan = "";

        // A number where the kernel does not tell: "0" without CAP_SYS_PTRACE, and on x86 from 4.14 to 5.15 of nearly all sleepers (get_wchan
        // follows frame pointers, which those kernels have no more); on 3.10 an address without a symbol (fs/proc/base.c, proc_pid_wchan).
        if (_reader.Read(folder + "/wchan", out var text) == ReadOutcome.Done && !text.IsEmpty && text[0] is not (>= (byte)'0' and <= (byte)'9'))
            wchan = Printable.Of(text[..Math.Min(text.Length, MaxWchan)].TrimEnd((byte)'\n'));
        var fileSystem = holder is { State: 'D', Frozen: false }
            ? FileSystemGuess.Of(wchan, Root(folder), Links(folder), Mounts(folder, members))
            : null;
        return Bare(holder) with { Wchan = wchan, FileSystem = fileSystem };
    }

    private string Root(string folder) => _reader.Link(folder + "/root", out var path) == ReadOutcome.Done ? path : "/";

    private List<string> Links(string folder)
    {
        var links = new List<string>();
        if (_reader.Link(folder + "/cwd", out var path) == ReadOutcome.Done)
            links.Add(path);
        if (ProcReader.List(folder + "/fd", out var descriptors) == ReadOutcome.Done)
        {
            foreach (var descriptor in descriptors.Take(MaxLinks))
            {
                if (_reader.Link($"{folder}/fd/{descriptor}", out path) == ReadOutcome.Done)
                    links.Add(path);
            }
        }

        return links;
    }

    private ImmutableArray<Mount> Mounts(string folder, ImmutableArray<Member> members)
    {
        if (_reader.Read($"{folder}/mountinfo", out var text) == ReadOutcome.Done && !text.IsEmpty)
            return Mount.ParseTable(text);
        foreach (var member in members.Take(MaxMountTables))
        {
            if (_reader.Read($"{_root.Proc}/{member.Pid}/mountinfo", out text) == ReadOutcome.Done && !text.IsEmpty)
                return Mount.ParseTable(text);
        }

        return [];
    }
}
