using System.Collections.Immutable;

namespace DockerGuardProxy.Guard;

/// <summary>The settings for one kind of terminating call. A new one counts at once, for those who wait too.</summary>
internal sealed record GuardPolicy
{
    /// <summary>The shipped settings.</summary>
    public static GuardPolicy Default { get; } = new();

    /// <summary>How much may be done about such a call.</summary>
    public GuardMode Mode { get; init; } = GuardMode.Enforce;

    /// <summary>
    /// How long evidence must hold before a container counts as stuck. Above 10 s, so that dockerd's second SIGKILL
    /// (moby daemon/kill.go: 10 s after the first) has come and failed too.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(11);

    /// <summary>The longest a caller is kept where /proc can't be read, from its arrival.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(110);

    /// <summary>How long the first, second … repeat on a stuck container is held before it is refused; the last one stays.</summary>
    public ImmutableArray<TimeSpan> RepeatHold { get; init; } =
        [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(100)];

    /// <summary>Calls of one container that may be open before further stops and restarts are joined or held.</summary>
    public int MaxInFlight { get; init; } = 2;

    /// <summary>
    /// Held and joined callers of one container; beyond, one that would be held is refused at once if the container is stuck, else forwarded,
    /// and one that would join joins all the same.
    /// </summary>
    public int MaxWaitingPerContainer { get; init; } = 256;

    /// <summary>The same, of the node.</summary>
    public int MaxWaitingOnNode { get; init; } = 4096;

    /// <summary>The pause after the first, second … attempt that ended without an exit event; the last one stays.</summary>
    public ImmutableArray<TimeSpan> Backoff { get; init; } =
        [TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5)];

    /// <summary>The hold of the repeat numbered <paramref name="index"/> (from zero); none where the list is empty.</summary>
    public TimeSpan HoldAt(int index) => At(RepeatHold, index);

    /// <summary>The pause after the attempt numbered <paramref name="index"/> (from zero); none where the list is empty.</summary>
    public TimeSpan BackoffAt(int index) => At(Backoff, index);

    private static TimeSpan At(ImmutableArray<TimeSpan> list, int index) =>
        list.IsDefaultOrEmpty ? TimeSpan.Zero : list[Math.Min(index, list.Length - 1)];
}
