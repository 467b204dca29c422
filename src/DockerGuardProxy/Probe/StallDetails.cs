using System.Collections.Immutable;

namespace DockerGuardProxy.Probe;

/// <summary>Describes the tasks that hold a container. What can't be read is left out; nothing here is evidence.</summary>
/// <param name="root">Where /proc is.</param>
/// <param name="cursor">Told of each step.</param>
internal sealed class StallDetails(ProcRoot root, ScanCursor cursor)
{
    /// <summary>More tasks are listed without file system: a process with a thousand stuck threads has one story.</summary>
    private const int MaxFileSystems = 16;

    private const int MaxLinks = 256;

    private readonly ProcReader _reader = new();

    /// <summary>The tasks with kernel function and file system, in the same order.</summary>
    /// <param name="holders">The tasks.</param>
    /// <param name="members">All processes of the run: one that exits has no mount table of its own any more.</param>
    public ImmutableArray<StuckTask> Of(ImmutableArray<TaskSample> holders, ImmutableArray<Member> members)
    {
        var tasks = ImmutableArray.CreateBuilder<StuckTask>(holders.Length);
        foreach (var holder in holders)
        {
            var wchan = "";
            string? fileSystem = null;
            if (cursor.TryEnter(ScanPhase.Details, holder.Pid))
            {
                var folder = $"{root.Proc}/{holder.Pid}/task/{holder.Tid}";

                // "0" where the kernel has no symbols, or we lack CAP_SYS_PTRACE.
                if (_reader.Read(folder + "/wchan", out var text) == ReadOutcome.Done && !text.SequenceEqual("0"u8))
                    wchan = Printable.Of(text.TrimEnd((byte)'\n'));
                if (tasks.Count < MaxFileSystems && holder is { State: 'D', Frozen: false })
                    fileSystem = FileSystemGuess.Of(wchan, Root(folder), Links(folder), Mounts(folder, members));
            }

            tasks.Add(new(holder.Pid, holder.Tid, holder.Start, holder.Comm, holder.State, wchan, fileSystem));
        }

        return tasks.MoveToImmutable();
    }

    /// <summary>The tasks without anything that would have to be read.</summary>
    public static ImmutableArray<StuckTask> Bare(ImmutableArray<TaskSample> holders) =>
        [.. holders.Select(static task => new StuckTask(task.Pid, task.Tid, task.Start, task.Comm, task.State, "", null))];

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
        foreach (var member in members)
        {
            if (_reader.Read($"{root.Proc}/{member.Pid}/mountinfo", out text) == ReadOutcome.Done && !text.IsEmpty)
                return Mount.ParseTable(text);
        }

        return [];
    }
}
