using System.Collections.Immutable;

namespace DockerGuardProxy.Probe;

/// <summary>All tasks of a run at one moment.</summary>
/// <param name="Readable">False when a task may have been missed or could not be read: nothing follows from the rest then.</param>
/// <param name="InitGone">The init that the caller named has gone, and this /proc would show it.</param>
/// <param name="Members">The processes.</param>
/// <param name="Tasks">Their tasks, zombies included, by pid and tid.</param>
internal sealed record RunSample(bool Readable, bool InitGone, ImmutableArray<Member> Members, ImmutableArray<TaskSample> Tasks)
{
    /// <summary>Could not be read.</summary>
    public static RunSample Unreadable { get; } = new(false, false, [], []);

    /// <summary>SIGKILL has reached every task that could still hold the container, and there is one.</summary>
    public bool AllDoomed
    {
        get
        {
            var any = false;
            foreach (var task in Tasks)
            {
                if (!task.IsLive)
                    continue;
                if (!task.IsDoomed)
                    return false;
                any = true;
            }

            return any;
        }
    }
}
