using System.Collections.Immutable;

namespace DockerGuardProxy.Guard;

/// <summary>What the entries of a ledger share; belongs to the lock of <see cref="LedgerKeeper"/>.</summary>
internal sealed class LedgerTotals
{
    private long _attempt;
    private long _run;
    private long _place;

    /// <summary>Held and joined callers.</summary>
    public int Waiting { get; set; }

    /// <summary>Attempts that are not over.</summary>
    public HashSet<Attempt> Open { get; } = [];

    /// <summary>Calls that ended without being sent: the engine was spared them.</summary>
    public long Saved { get; set; }

    public long Refusals { get; set; }

    /// <summary>Looks of the probe that could not tell.</summary>
    public long BlindLooks { get; set; }

    /// <summary>Of the refusals, those whose container exited within 60 s.</summary>
    public long EndedSoon { get; set; }

    /// <summary>Of these, those whose container exited while all tasks that the refusal named still waited.</summary>
    public long WrongRefusals { get; set; }

    public long NextAttempt() => ++_attempt;

    public long NextPlace() => ++_place;

    /// <summary>Runs are numbered for the whole ledger, so an entry made anew never meets an old number.</summary>
    public long NextRun() => ++_run;

    /// <summary>The ledger at this moment.</summary>
    public GuardSnapshot Snapshot(ImmutableArray<ContainerSnapshot> containers, TimeSpan now) => new(
        [
            .. Open.GroupBy(attempt => attempt.Ticket.Call.Operation)
                .Select(open => new OpenOperation(open.Key, open.Count(), now - open.Min(attempt => attempt.SentAt))),
        ],
        Waiting,
        containers.Max(container => container.OldestOpen),
        Refusals,
        EndedSoon,
        WrongRefusals,
        Saved,
        BlindLooks,
        containers);
}
