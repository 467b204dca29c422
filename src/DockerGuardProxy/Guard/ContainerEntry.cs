using DockerGuardProxy.Calls;
using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Guard;

/// <summary>
/// What the ledger keeps of one container: its calls with the present run, what the index has told of its runs, and when something is due.
/// Belongs to the lock of <see cref="LedgerKeeper"/>.
/// </summary>
internal sealed class ContainerEntry
{
    /// <summary>
    /// How long the calls of a container pass after a fault in its entry, if its run does not end before: as long as the longest back-off.
    /// </summary>
    public static readonly TimeSpan QuarantineLasts = TimeSpan.FromMinutes(5);

    /// <summary>Events come within milliseconds of the answer, or not at all.</summary>
    private static readonly TimeSpan IndexTakes = TimeSpan.FromSeconds(5);

    private readonly LedgerTotals _totals;
    private readonly ContainerCalls _calls;
    private KnownRuns _runs;

    // Until when the entry is kept because an answer was ahead of the index, lest a new one begin with the old run. Not for long, as the index
    // may have missed the run's end.
    private TimeSpan? _aheadUntil;

    // Until when nothing is decided about its calls, as a fault was met here; null where none was.
    private TimeSpan? _quarantinedUntil;

    public ContainerEntry(GuardedContainer container, LedgerTotals totals)
        : this(container, KnownRuns.Of(container), totals)
    {
    }

    private ContainerEntry(GuardedContainer container, KnownRuns runs, LedgerTotals totals)
    {
        _totals = totals;
        _calls = new ContainerCalls(container, totals);
        _runs = runs;
        Number = Run.Number;
    }

    public GuardedContainer Container => Run.Container;

    /// <summary>What the probe is to look at.</summary>
    public EvidenceNeed Need => new(Container.Id, Run.Number, _runs.Present);

    /// <summary>True where the probe is to look at the container.</summary>
    public bool NeedsEvidence => Run.NeedsEvidence;

    /// <summary>When <see cref="Settle"/> has something to do next; null if nothing is due by time.</summary>
    public TimeSpan? NextDue { get; private set; }

    /// <summary>Tells entries apart that are due at the same time.</summary>
    public long Number { get; }

    /// <summary>When its turn is by the ledger's schedule, which alone sets it.</summary>
    public TimeSpan? ScheduledFor { get; set; }

    public bool HasOpenCalls => Run.OpenCalls > 0;

    /// <summary>The oldest of them that this process has sent, and its age; null for none.</summary>
    public (Operation Operation, TimeSpan Age)? OldestOpen(TimeSpan now) =>
        Run.Open is [var oldest, ..] ? (oldest.Ticket.Call.Operation, now - oldest.SentAt) : null;

    public bool HasBackoff => Run.Backoff != Backoff.None;

    /// <summary>There is nothing to tell about the container.</summary>
    public bool IsIdle => _calls.IsIdle;

    /// <summary>Nothing is kept: the entry may go.</summary>
    public bool IsEmpty => IsIdle && _aheadUntil is null && _quarantinedUntil is null;

    private GuardedRun Run => _calls.Run;

    /// <summary>True while the run of that number, the ledger's own, is on.</summary>
    public bool IsOn(long run) => Run.Number == run && Run.IsOn;

    public bool IsStuck(TimeSpan patience, TimeSpan now) => Run.State().IsStuck(patience, now);

    public void Rename(string name) => Run.Rename(name);

    /// <summary>A call arrives.</summary>
    public void Arrive(Ticket ticket, Turn turn)
    {
        // The index may know of a start that was not told here yet.
        var container = ticket.Container!;
        if (container.IsRunning && container.Run != _runs.Present)
            RunStarted(container.Run, turn);
        if (_quarantinedUntil is null)
            CallRules.Arrive(_calls, ticket, _totals.Waiting, turn);
    }

    /// <summary>An attempt is over: answered, or lost where <paramref name="answer"/> is null.</summary>
    public void End(Attempt attempt, EngineAnswer? answer, Turn turn)
    {
        if (!CallRules.End(_calls, attempt, answer, turn))
            return;
        RunIsOver();
        _aheadUntil = turn.Now + IndexTakes;
    }

    /// <summary>The caller has left.</summary>
    public void CallerLeft(Ticket ticket, Turn turn) => CallRules.CallerLeft(_calls, ticket, turn);

    /// <summary>The configuration is another one.</summary>
    public void PoliciesChanged(Turn turn) => CallRules.PoliciesChanged(_calls, turn);

    /// <summary>The index tells of a run's end (die, destroy). Late news of a run that is known to be over changes nothing.</summary>
    public void RunEnded(long run, Turn turn)
    {
        if (run == _runs.Past && !Run.IsOn)
            _aheadUntil = null;
        if (!_runs.IsPast(run))
        {
            if (Run.IsOn)
                EndRun(isRunningAfter: false, turn);
            _runs = _runs.OverUpTo(run);
        }
        CallRules.Redecide(_calls, turn);
    }

    /// <summary>The index tells of a run's beginning. It may be the one that a restart's answer or an arriving call has told of before.</summary>
    public void RunStarted(long run, Turn turn)
    {
        if (!_runs.IsPast(run) && run != _runs.Present)
        {
            if (Run.IsOn && _runs.Present > 0)
                EndRun(isRunningAfter: true, turn);
            Run.Begin();
            _runs = KnownRuns.During(run);
            _aheadUntil = null;
        }
        CallRules.Redecide(_calls, turn);
    }

    /// <summary>The engine has restarted.</summary>
    public void EngineRestarted(Turn turn)
    {
        _calls.EngineRestarted(turn);
        CallRules.Redecide(_calls, turn);
    }

    /// <summary>The probe's report about the run of that number; ignored where that is over or needs no evidence any more.</summary>
    public void Evidence(long run, Diagnosis diagnosis, TimeSpan heldFor, Turn turn)
    {
        if (run != Run.Number || !NeedsEvidence)
            return;
        if (diagnosis.Kind == DiagnosisKind.CannotTell)
            _totals.BlindLooks++;
        if (Run.Take(diagnosis, heldFor, turn))
            CallRules.Redecide(_calls, turn);
    }

    /// <summary>What the last report about the run of that number rests on is not there any more.</summary>
    public void Doubt(long run, Turn turn)
    {
        if (run == Run.Number)
            Run.Doubt(turn.Now);
    }

    /// <summary>Forgets the back-off.</summary>
    public void ClearBackoff(Turn turn)
    {
        Run.ClearBackoff();
        CallRules.Redecide(_calls, turn);
    }

    /// <summary>The process ends.</summary>
    public void TurnAway(bool all, Turn turn) => _calls.TurnAway(all, turn);

    /// <summary>A fault was met here.</summary>
    public void FailOpen(Turn turn) => _calls.FailOpen(turn);

    /// <summary>What takes this entry's place after a fault in it. It remembers the run alone, by whose end it ends at the latest.</summary>
    /// <param name="now">The moment of the fault.</param>
    public ContainerEntry Quarantined(TimeSpan now)
    {
        var until = now + QuarantineLasts;
        return new(Container with { IsRunning = Run.IsOn }, _runs, _totals) { _quarantinedUntil = until, NextDue = until };
    }

    /// <summary>Does what is due by time, and finds out what is due next and whether the probe is needed. Ends every input.</summary>
    public void Settle(Turn turn)
    {
        if (Run.EndPause(turn.Now))
            CallRules.Redecide(_calls, turn);
        if (Run.LoseSight(turn))
            CallRules.Redecide(_calls, turn);
        if (_calls.Forget(turn.Now))
            CallRules.Redecide(_calls, turn);
        if (_aheadUntil <= turn.Now)
            _aheadUntil = null;
        if (_quarantinedUntil <= turn.Now)
            _quarantinedUntil = null;
        NextDue = Due.Sooner(Due.Sooner(_aheadUntil, _quarantinedUntil), Run.TellStuck(turn));
        NextDue = Due.Sooner(NextDue, _calls.RefuseDue(turn));
        NextDue = Due.Sooner(NextDue, Run.AskForEvidence(turn));
        NextDue = Due.Sooner(NextDue, _calls.NextDue);
    }

    public ContainerSnapshot Snapshot(TimeSpan patience, TimeSpan now) => new(
        Container,
        IsStuck(patience, now),
        Run.Evidence.Last,
        Run.Evidence.Since is null ? null : Run.Evidence.SinceUtc,
        Run.Attempts,
        Run.OpenCalls,
        _calls.Waiting.Count,
        Run.Open.Count == 0 ? null : now - Run.Open[0].SentAt,
        Run.Backoff.Until - now,
        Run.Refusals,
        Run.Saved);

    /// <inheritdoc cref="GuardedRun.Remember"/>
    public RememberedContainer? Remember(TimeSpan origin) => Run.Remember(origin);

    /// <inheritdoc cref="GuardedRun.Restore"/>
    public void Restore(RememberedContainer known, TimeSpan origin, bool engineGivesUp, Turn turn) =>
        Run.Restore(known, origin, engineGivesUp, turn);

    private void EndRun(bool isRunningAfter, Turn turn)
    {
        _calls.EndRun(isRunningAfter, answered: null, turn);
        RunIsOver();
    }

    private void RunIsOver()
    {
        _quarantinedUntil = null;
        _runs = _runs.Over();
    }
}
