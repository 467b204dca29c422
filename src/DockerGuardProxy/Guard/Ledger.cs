using System.Collections.Immutable;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Guard;

/// <summary>
/// What is asked of each container, what is open at the engine, who waits, and what becomes of every call. It only thinks: it is told what
/// happens and when, and answers with what is to be done. It never faults; a fault of its own forwards those whom it concerns.
/// </summary>
/// <remarks>
/// Belongs to the lock of <see cref="LedgerKeeper"/>. Invariant: a ticket has at most one attempt, ever, and one outcome. An attempt is over
/// once: answered or lost. Open calls of an entry are those of its present run. Each held, joined or leading ticket of a present run stands
/// in its entry's list.
/// </remarks>
internal sealed class Ledger
{
    private readonly LedgerTotals _totals = new();
    private readonly LedgerEntries _entries;
    private GuardPolicies _policies;
    private bool _isTurningAway;
    private bool _isTurningAllAway;

    public Ledger(GuardPolicies policies)
    {
        _policies = policies;
        _entries = new LedgerEntries(_totals);
    }

    /// <summary>The configuration. May be read without the lock.</summary>
    public GuardPolicies Policies => Volatile.Read(ref _policies);

    /// <summary>When <see cref="TimeIsDue"/> has something to do; null if nothing is due by time.</summary>
    public TimeSpan? NextDue => _entries.NextDue;

    /// <summary>The configuration is another one, and counts at once: those who wait are decided about again.</summary>
    public Turn PoliciesChanged(GuardPolicies policies, Moment at)
    {
        Volatile.Write(ref _policies, policies);
        return Step(0, at, static (ledger, _, turn) => ledger._entries.ForEach(0, turn, static (entry, _, turn) => entry.PoliciesChanged(turn)));
    }

    /// <summary>
    /// A terminating call arrives. A tentative one may be declined: then nothing is done, and it stays <see cref="TicketPhase.New"/>.
    /// </summary>
    public Turn Arrive(Ticket ticket, Moment at)
    {
        var turn = Step(ticket, at, static (ledger, ticket, turn) => ledger.Arrive(ticket, turn));
        // What has an attempt is sent in this turn, whatever has failed after: it must not go out once more.
        if (ticket is { Phase: TicketPhase.New, IsDeclined: false, Own: null })
            ticket.PassUnguarded(ticket.Policy.Mode == GuardMode.Off ? Reason.GuardOff : Reason.Fault);
        return turn;
    }

    /// <summary>The engine has answered. A second report about the same attempt is ignored, here and in <see cref="Lost"/>.</summary>
    public Turn Answered(Attempt attempt, EngineAnswer answer, Moment at) =>
        Step((attempt, answer), at, static (ledger, it, turn) => ledger.End(it.attempt, it.answer, null, turn));

    /// <summary>No answer will come: never connected, or the connection was lost. It is not sent again.</summary>
    public Turn Lost(Attempt attempt, Exception? cause, Moment at) =>
        Step((attempt, cause), at, static (ledger, it, turn) => ledger.End(it.attempt, null, it.cause, turn));

    /// <summary>The caller has gone. May come at any time, also after the outcome.</summary>
    public Turn CallerLeft(Ticket ticket, Moment at) => Step(ticket, at, static (ledger, ticket, turn) =>
    {
        ticket.CallerHasLeft = true;
        if (ticket.Phase is TicketPhase.Done or TicketPhase.New)
            return;
        if (ticket.Own is not null)
            turn.Report(new GuardEvent.CallerLeft(ticket));
        if (ticket.Container is { } container)
            ledger._entries.With(container, ticket, turn, static (entry, ticket, turn) => entry.CallerLeft(ticket, turn));
    });

    /// <summary>The index tells of a run's end: <c>die</c>, or <c>destroy</c>.</summary>
    /// <param name="id">Full id.</param>
    /// <param name="run">The index's number of the run.</param>
    /// <param name="at">When.</param>
    public Turn RunEnded(string id, long run, Moment at) =>
        WithKnown(id, run, at, static (entry, run, turn) => entry.RunEnded(run, turn));

    /// <summary>
    /// The index tells of a run's beginning: a <c>start</c> event, or a start through us that was answered 204 (not 304: nothing began then).
    /// </summary>
    /// <param name="id">Full id.</param>
    /// <param name="run">The index's number of the run.</param>
    /// <param name="at">When.</param>
    public Turn RunStarted(string id, long run, Moment at) =>
        WithKnown(id, run, at, static (entry, run, turn) => entry.RunStarted(run, turn));

    /// <summary>The container has a new name.</summary>
    public Turn Renamed(string id, string name, Moment at) => WithKnown(id, name, at, static (entry, name, _) => entry.Rename(name));

    /// <summary>The probe's report.</summary>
    /// <param name="need">What was asked; a report about an earlier run, or one that is not needed any more, is ignored.</param>
    /// <param name="diagnosis">What was found.</param>
    /// <param name="heldFor">How long it had held when it was found for sure: the time between the samples.</param>
    /// <param name="at">When.</param>
    public Turn Evidence(EvidenceNeed need, Diagnosis diagnosis, TimeSpan heldFor, Moment at) =>
        WithKnown(need.Id, (need.Run, diagnosis, heldFor), at, static (entry, it, turn) => entry.Evidence(it.Run, it.diagnosis, it.heldFor, turn));

    /// <summary>What the last report rests on is not there any more; the next is on its way.</summary>
    public Turn Doubt(EvidenceNeed need, Moment at) => WithKnown(need.Id, need.Run, at, static (entry, run, turn) => entry.Doubt(run, turn));

    /// <summary>A container has ended though all tasks that these refusals named still wait: they did not hold it.</summary>
    public Turn Reviewed(EndedRefusals wrong, Moment at) => Step(wrong, at, static (ledger, wrong, turn) =>
    {
        foreach (var (operation, count) in wrong.Counts)
        {
            ledger._totals.WrongRefusals += count;
            turn.Report(new GuardEvent.RefusalsProvedWrong(wrong.Container, operation, count));
        }
    });

    /// <summary>The engine is another process than before; the same containers may run on.</summary>
    public Turn EngineRestarted(Moment at) => Step(0, at, static (ledger, _, turn) =>
        ledger._entries.ForEach(0, turn, static (entry, _, turn) => entry.EngineRestarted(turn)));

    /// <summary>containerd is another process than before: what did not work may work now.</summary>
    public Turn RuntimeRestarted(Moment at) => Step(0, at, static (ledger, _, turn) =>
        ledger._entries.ForEach(0, turn, static (entry, _, turn) => entry.ClearBackoff(turn)));

    /// <summary>An operator releases one container's back-off.</summary>
    public Turn ReleaseBackoff(string id, Moment at) => WithKnown(id, 0, at, static (entry, _, turn) => entry.ClearBackoff(turn));

    /// <summary>Time has come to <see cref="NextDue"/>.</summary>
    public Turn TimeIsDue(Moment at) => Step(0, at, static (ledger, _, turn) => ledger._entries.ForDue(turn));

    /// <summary>Takes over what an earlier process knew, before the first call arrives.</summary>
    /// <param name="remembered">What it knew. The engine is the same process since, and the index shows these containers running.</param>
    /// <param name="engineGivesUp">True where the engine's version answers by itself what can't be ended.</param>
    /// <param name="origin">Zero of the ledger's clock on the clock that counts from boot.</param>
    /// <param name="at">When.</param>
    public Turn Restore(ImmutableArray<RememberedContainer> remembered, bool engineGivesUp, TimeSpan origin, Moment at) =>
        Step((remembered, engineGivesUp, origin), at, static (ledger, it, turn) =>
        {
            foreach (var known in it.remembered)
            {
                ledger._entries.With(
                    known.Container, (known, it.origin, it.engineGivesUp), turn,
                    static (entry, it, turn) => entry.Restore(it.known, it.origin, it.engineGivesUp, turn));
            }
        });

    /// <summary>
    /// The process ends. Callers of calls that were not sent are told to ask again, those that wait and those that still come; with
    /// <paramref name="all"/> also those whose call is with the engine, where it stays.
    /// </summary>
    public Turn TurnAway(bool all, Moment at) => Step(all, at, static (ledger, all, _) =>
    {
        ledger._isTurningAway = true;
        ledger._isTurningAllAway |= all;
    });

    /// <summary>
    /// False for an attempt that nobody waits for any more and whose run is over: sent late, it would hit the next run. While its caller
    /// waits it is always sent, as a late event of the run before can end a run here that goes on at the engine.
    /// </summary>
    public bool MayStillBeSent(Attempt attempt) =>
        !attempt.Ticket.CallerHasLeft || attempt.Run == 0 || _entries.Find(attempt.Ticket.Container!.Id)?.IsOn(attempt.Run) == true;

    /// <summary>True while the container is stuck, by the patience of the operation's policy.</summary>
    public bool IsStuck(string id, Operation operation, TimeSpan now) => _entries.Find(id)?.IsStuck(Policies.For(operation).Patience, now) == true;

    /// <summary>True while a call of the container is with the engine, which holds or waits for the container's lock.</summary>
    public bool HasOpenCalls(string id) => _entries.Find(id) is { HasOpenCalls: true };

    /// <summary>The call of the container that is with the engine for the longest; null for none.</summary>
    public (Operation Operation, TimeSpan Age)? OldestOpen(string id, TimeSpan now) => _entries.Find(id)?.OldestOpen(now);

    /// <summary>True where <see cref="ReleaseBackoff"/> has something to release.</summary>
    public bool HasBackoff(string id) => _entries.Find(id) is { HasBackoff: true };

    /// <summary>The containers about which the probe is asked now.</summary>
    public ImmutableArray<EvidenceNeed> EvidenceNeeds() => [.. _entries.All.Where(entry => entry.NeedsEvidence).Select(entry => entry.Need)];

    /// <summary>The ledger at this moment.</summary>
    public GuardSnapshot Snapshot(TimeSpan now)
    {
        var patience = Policies.Guard.Patience;
        var containers = _entries.All.Where(entry => !entry.IsIdle).Select(entry => entry.Snapshot(patience, now))
            .OrderBy(entry => entry.Container.Name, StringComparer.Ordinal).ToImmutableArray();
        return _totals.Snapshot(containers, now);
    }

    /// <summary>What is known of containers with evidence and is to outlive the process.</summary>
    /// <param name="origin">Zero of the ledger's clock on the clock that counts from boot.</param>
    public ImmutableArray<RememberedContainer> Remember(TimeSpan origin) =>
    [
        .. _entries.All.Select(entry => entry.Remember(origin)).OfType<RememberedContainer>()
            .OrderBy(remembered => remembered.Container.Id, StringComparer.Ordinal),
    ];

    private void Arrive(Ticket ticket, Turn turn)
    {
        // Those that were read before may be other ones by now, and nobody would decide again by the present ones.
        ticket.Policy = turn.Policies.For(ticket.Call.Operation);
        if (ticket.Policy.Mode == GuardMode.Off)
            return;
        if (ticket.Container is null)
        {
            // Of no entry: it can't be joined, held or refused, and nothing waits for it.
            ticket.First = Verdict.Forward(Reason.UnknownContainer);
            ticket.Phase = TicketPhase.Leading;
            turn.Report(new GuardEvent.Decided(ticket, ticket.First, null, 0, null));
            var attempt = new Attempt(_totals.NextAttempt(), ticket, 0, KillAt.Never, isByFullId: false, isStep: false, turn.Now);
            turn.Send(attempt);
            ticket.Own = attempt;
            _totals.Open.Add(attempt);
            return;
        }
        _entries.With(ticket.Container, ticket, turn, static (entry, ticket, turn) => entry.Arrive(ticket, turn));
        // Unsent and in no place, a fault has left it between two: nobody but this could forward it.
        if (ticket is { Own: null, Phase: TicketPhase.Settled or TicketPhase.Leading })
            ticket.Phase = TicketPhase.New;
    }

    private void End(Attempt attempt, EngineAnswer? answer, Exception? cause, Turn turn)
    {
        if (attempt.IsOver)
            return;
        attempt.IsOver = true;
        _totals.Open.Remove(attempt);
        var ticket = attempt.Ticket;
        Outcome outcome = answer is null ? new Outcome.Lost(cause) : new Outcome.Answered(answer, null);
        // First: no fault in what follows keeps the answer from its own caller.
        if (ticket.Phase != TicketPhase.Done)
            turn.Complete(ticket, outcome);
        if (ticket.Container is { } container)
            _entries.With(container, (attempt, answer), turn, static (entry, it, turn) => entry.End(it.attempt, it.answer, turn));
        ticket.Phase = TicketPhase.Done;
    }

    private Turn WithKnown<T>(string id, T state, Moment at, Action<ContainerEntry, T, Turn> input) =>
        Step((id, state, input), at, static (ledger, it, turn) => ledger._entries.WithKnown(it.id, it.state, turn, it.input));

    private Turn Step<T>(T state, Moment at, Action<Ledger, T, Turn> body)
    {
        var turn = new Turn(at, _policies);
        try
        {
            body(this, state, turn);
            if (_isTurningAway)
                TurnWaitingAway(turn);
        }
        catch (Exception fault)
        {
            turn.Report(new GuardEvent.Faulted(fault));
            _entries.FailOpen(turn);
            _totals.Waiting = 0;
        }
        return turn;
    }

    private void TurnWaitingAway(Turn turn)
    {
        // What is due in an entry by now must not be sent for one who is about to be told: each is settled when nobody is left in it.
        if (_totals.Waiting > 0 || _isTurningAllAway)
            _entries.ForEach(_isTurningAllAway, turn, static (entry, all, turn) => entry.TurnAway(all, turn));
        if (!_isTurningAllAway)
            return;
        foreach (var attempt in _totals.Open)
        {
            if (attempt.Ticket.Phase == TicketPhase.Done)
                continue;
            attempt.Ticket.Phase = TicketPhase.Done;
            turn.Complete(attempt.Ticket, Outcome.TurnedAway.Instance);
        }
    }
}
