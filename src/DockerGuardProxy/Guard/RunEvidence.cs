using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Guard;

/// <summary>
/// What the probe has shown of one run. Immutable; <see cref="With"/>, a pure function, makes the next of it from a report. Times are on the
/// ledger's clock.
/// </summary>
internal sealed record RunEvidence
{
    /// <summary>
    /// How long no task must have been left before a lost exit makes a container stuck. Until then the engine may be about to tell of the
    /// exit: after the last task's end dockerd takes DeleteTask (30 s at most), then up to 2 s for the streams (moby daemon/monitor.go,
    /// handleContainerExit). The other 8 s are for a busy machine: storage that comes back ends dozens of containers at once.
    /// </summary>
    public static readonly TimeSpan ExitTakes = TimeSpan.FromSeconds(30 + 2 + 8);

    /// <summary>How long a report counts. Usually the next comes two seconds later; where reads of /proc drag, after sixteen.</summary>
    public static readonly TimeSpan ReportCounts = TimeSpan.FromSeconds(30);

    /// <summary>Nobody is refused by an older report: the next is waited for.</summary>
    public static readonly TimeSpan ReportIsFresh = TimeSpan.FromSeconds(5);

    private RunEvidence()
    {
    }

    /// <summary>Nothing was reported.</summary>
    public static RunEvidence None { get; } = new();

    /// <summary>The last report; null where nobody has looked of late.</summary>
    public Diagnosis? Last { get; private init; }

    /// <summary>When it came; null without one.</summary>
    public TimeSpan? ReportedAt { get; private init; }

    /// <summary>When it is out of date: nobody looks any more, and what was seen may have ended.</summary>
    public TimeSpan? LostAt => ReportedAt + ReportCounts;

    /// <summary>
    /// Since when every report has shown the same cause, one that SIGKILL can't remove; null where the last is no evidence. With a lost
    /// exit: since when no task was seen.
    /// </summary>
    public TimeSpan? Since { get; private init; }

    /// <summary>The same by the wall clock of then, as callers read it; no meaning without evidence.</summary>
    public DateTimeOffset SinceUtc { get; private init; }

    /// <summary>An earlier process has seen it, this one has not looked yet: nobody is refused by it.</summary>
    public bool IsUnconfirmed { get; private init; }

    /// <summary>How long it must hold before the container is stuck, whatever the policy says.</summary>
    public TimeSpan LeastPatience => this is { Since: not null, Last.Kind: DiagnosisKind.ExitLost } ? ExitTakes : TimeSpan.Zero;

    /// <summary>What an earlier process has seen.</summary>
    public static RunEvidence Remembered(Diagnosis evidence, TimeSpan since, DateTimeOffset sinceUtc, TimeSpan now) =>
        new() { Last = evidence, ReportedAt = now, Since = since, SinceUtc = sinceUtc, IsUnconfirmed = true };

    /// <summary>Somebody may be refused by it: this process has looked, and of late.</summary>
    public bool MayRefuse(TimeSpan now) => !IsUnconfirmed && IsFresh(now);

    /// <summary>What told of it is not there any more: until the next report nobody is refused by it.</summary>
    public RunEvidence Doubted(TimeSpan now) => IsFresh(now) ? this with { ReportedAt = now - ReportIsFresh } : this;

    /// <summary>It counts no more; what was seen is still to be told to those who are decided about at the end of the run.</summary>
    public RunEvidence Over() => new() { Last = Last, ReportedAt = ReportedAt };

    /// <summary>When the container is stuck by it; null without evidence.</summary>
    public TimeSpan? StuckAt(TimeSpan patience) => Since + (patience > LeastPatience ? patience : LeastPatience);

    /// <summary>
    /// The evidence after a report. A change of what holds the container begins its own patience: what held it before has moved, so the
    /// container may be about to end.
    /// </summary>
    /// <param name="report">The report.</param>
    /// <param name="since">Since when what it shows has held.</param>
    /// <param name="sinceUtc">The same by the wall clock.</param>
    /// <param name="now">When it came.</param>
    public (RunEvidence Next, EvidenceChange Change) With(Diagnosis report, TimeSpan since, DateTimeOffset sinceUtc, TimeSpan now)
    {
        // The same object as long as it says the same: texts and refusals go by it.
        var last = Last == report ? Last : report;
        var fresh = report.IsEvidence
            ? new RunEvidence { Last = last, ReportedAt = now, Since = since, SinceUtc = sinceUtc }
            : new RunEvidence { Last = last, ReportedAt = now };
        if (Since is null)
            return (fresh, report.IsEvidence ? EvidenceChange.Began : EvidenceChange.None);
        if (IsUnconfirmed && !(report.IsEvidence && SharesTask(Last!, report)))
            return (fresh, EvidenceChange.NotRecognised);
        if (!report.IsEvidence)
            return (fresh, EvidenceChange.Ended);
        return IsSameCause(Last!, report)
            ? (this with { Last = last, ReportedAt = now, IsUnconfirmed = false }, EvidenceChange.None)
            : (fresh, EvidenceChange.Changed);
    }

    private bool IsFresh(TimeSpan now) => ReportedAt + ReportIsFresh > now;

    // D state and frozen are two causes, though SIGKILL changes neither: a cgroup that was thawed lets its tasks exit, and one of them may
    // sleep in D for a moment on its way. For the same reason tasks none of which was there before are another cause. A doomed process
    // makes no new ones, so as long as one of them is left it has been there all the time.
    private static bool IsSameCause(Diagnosis one, Diagnosis other) =>
        one.Kind == other.Kind
        && (one.Kind == DiagnosisKind.ExitLost || one.Tasks.IsEmpty || other.Tasks.IsEmpty || SharesTask(one, other));

    // Pid, thread id and start time name a task for ever.
    private static bool SharesTask(Diagnosis one, Diagnosis other) => one.Tasks.Any(task => other.Tasks.Any(task.IsSameAs));
}

/// <summary>What a report of the probe makes of a run's evidence.</summary>
internal enum EvidenceChange
{
    /// <summary>It goes on, or there is still none.</summary>
    None,

    /// <summary>There was none before.</summary>
    Began,

    /// <summary>What was wrong before is over, and something else holds the same run.</summary>
    Changed,

    /// <summary>There is none any more.</summary>
    Ended,

    /// <summary>An earlier process remembered it, and the first look shows none of its tasks: it may have been another run.</summary>
    NotRecognised,
}
