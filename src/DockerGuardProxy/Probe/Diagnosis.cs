using System.Collections.Immutable;

namespace DockerGuardProxy.Probe;

/// <summary>
/// What the kernel shows about a container that should have ended. Bounded from the start, so that all that is made of it is: refusals,
/// spans, logs, the status, and the state that the next process reads.
/// </summary>
/// <param name="Kind">Which case it is.</param>
/// <param name="Tasks">
/// The tasks that hold it, those in D state first, then by pid and tid; at most <see cref="MaxTasks"/>, the others are only counted.
/// </param>
/// <param name="MoreTasks">How many tasks beside <paramref name="Tasks"/> hold it.</param>
internal sealed record Diagnosis(DiagnosisKind Kind, ImmutableArray<StuckTask> Tasks, int MoreTasks = 0)
{
    /// <summary>A process with a thousand stuck threads has one story.</summary>
    public const int MaxTasks = 16;

    /// <summary>The tasks that are named.</summary>
    public ImmutableArray<StuckTask> Tasks { get; init => field = FirstOf(value); } = FirstOf(Tasks);

    /// <summary>How many tasks beside them hold it.</summary>
    public int MoreTasks { get; init; } = MoreTasks + (Tasks.IsDefault ? 0 : Math.Max(0, Tasks.Length - MaxTasks));

    /// <summary>Of a lost exit, what the engine waits for; null where nobody has looked.</summary>
    public ExitHold? Hold { get; init; }

    /// <summary>True where one more SIGKILL can change nothing.</summary>
    public bool IsEvidence => Kind is DiagnosisKind.DState or DiagnosisKind.Frozen or DiagnosisKind.ExitLost;

    /// <summary>True where all that is told of it is the same.</summary>
    public bool Equals(Diagnosis? other) =>
        other is not null && Kind == other.Kind && MoreTasks == other.MoreTasks && Hold == other.Hold
        && Tasks.AsSpan().SequenceEqual(other.Tasks.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, MoreTasks, Hold, Tasks is [var first, ..] ? first : null);

    private static ImmutableArray<StuckTask> FirstOf(ImmutableArray<StuckTask> tasks) =>
        tasks.IsDefault || tasks.Length <= MaxTasks ? tasks : tasks[..MaxTasks];
}

/// <summary>Why a container does not end.</summary>
internal enum DiagnosisKind
{
    /// <summary>/proc cannot be read, or its layout is not understood. Never evidence.</summary>
    CannotTell,

    /// <summary>
    /// SIGKILL is not due, or it has arrived and the tasks are still on their way out: nothing is wrong as far as the kernel shows.
    /// No evidence.
    /// </summary>
    Alive,

    /// <summary>SIGKILL is due but not pending: shim, runc or containerd hangs. No evidence.</summary>
    NotKilled,

    /// <summary>
    /// Every task that is no zombie has SIGKILL pending or is exiting, and at least one is in D state and has not moved between two samples.
    /// Evidence. Also when all of them are exiting and asleep (state S, no signal is looked at any more) without having moved: an init
    /// whose PID namespace can't be emptied, because a parent outside of it does not reap.
    /// </summary>
    DState,

    /// <summary>As <see cref="DState"/>, and the freezer says that the cgroup of those tasks is frozen. Evidence.</summary>
    Frozen,

    /// <summary>
    /// No task of the run is left, yet the engine says running. Evidence. Zombies that nobody reaps (the shim hangs) are no tasks that a
    /// SIGKILL could reach; they are listed.
    /// </summary>
    ExitLost,
}
