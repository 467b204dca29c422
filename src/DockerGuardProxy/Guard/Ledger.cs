using System.Collections.Immutable;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Probe;
using DockerGuardProxy.Timing;

namespace DockerGuardProxy.Guard;

/// <summary>
/// What is asked of each container, what is open at the engine, who waits, and what becomes of every call. No I/O: it is told what
/// happens, and tells its <see cref="IAttemptSender"/> what to send.
/// </summary>
/// <remarks>
/// Invariant of the one lock: it guards every entry, ticket and attempt, and their counts. A ticket has at most one attempt, ever, and
/// one outcome. An attempt is over once: answered or lost. Open calls of an entry are those of its present run. Each held, joined or
/// leading ticket of a present run stands in its entry's list, and the timer is set no later than the first thing due. An entry that
/// keeps nothing is not kept. Nothing foreign runs inside the lock: what an input leads to is collected in a <see cref="Turn"/> and
/// carried out after it. A fault in an entry forwards whatever waits there, and nothing is decided about that container for a time; one
/// outside of them forwards whatever waits and begins anew.
/// </remarks>
internal sealed class Ledger : IDisposable
{
    // A timer can't be set further ahead than 49 days; looking once a day costs nothing.
    private static readonly TimeSpan FarAhead = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ContainerEntry> _entries = new(StringComparer.Ordinal);
    private readonly LedgerSchedule _schedule = new();
    private readonly LedgerTotals _totals = new();
    private readonly TimeProvider _time;
    private readonly IAttemptSender _sender;
    private readonly IGuardObserver _observer;
    private readonly ITimer _timer;
    private readonly long _origin;
    private GuardPolicies _policies;
    private TimeSpan? _timerIsSetFor;
    private bool _isTurningAway;
    private bool _isTurningAllAway;

    public Ledger(TimeProvider time, GuardPolicies policies, IAttemptSender sender, IGuardObserver observer)
    {
        _time = time;
        _policies = policies;
        _sender = sender;
        _observer = observer;
        _origin = time.GetTimestamp();
        _timer = time.CreateSafeTimer(
            TimeIsDue, fault => observer.On(new GuardEvent.Faulted(fault)), Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The configuration. A new one counts at once: those who wait are decided about again.</summary>
    public GuardPolicies Policies
    {
        get => Volatile.Read(ref _policies);
        set
        {
            Volatile.Write(ref _policies, value);
            ForEach(static (entry, turn) => entry.PoliciesChanged(turn));
        }
    }

    /// <summary>A terminating call arrives.</summary>
    /// <param name="call">The call.</param>
    /// <param name="container">The container it means, with its state now; null if nobody knows, and the call is forwarded.</param>
    /// <param name="request">What the sender needs to send it; comes back as <see cref="Ticket.Request"/>.</param>
    public Ticket Arrive(TerminatingCall call, GuardedContainer? container, object? request) =>
        Decide(new Ticket(call, container, Policies.For(call.Operation), request, Now))!;

    /// <summary>
    /// As <see cref="Arrive(TerminatingCall,GuardedContainer?,object?)"/>, but null, and nothing done, where the call would not simply be
    /// forwarded and it is not certain that it means this container.
    /// </summary>
    public Ticket? TryArrive(TerminatingCall call, GuardedContainer container, object? request, bool isConfirmed) =>
        Decide(new Ticket(call, container, Policies.For(call.Operation), request, Now) { IsTentative = !isConfirmed });

    /// <summary>The engine has answered. A second report about the same attempt is ignored, here and in <see cref="Lost"/>.</summary>
    public void Answered(Attempt attempt, EngineAnswer answer) =>
        Step((attempt, answer), static (ledger, it, turn) => ledger.End(it.attempt, it.answer, null, turn));

    /// <summary>No answer will come: never connected, or the connection was lost. It is not sent again.</summary>
    public void Lost(Attempt attempt, Exception? cause) =>
        Step((attempt, cause), static (ledger, it, turn) => ledger.End(it.attempt, null, it.cause, turn));

    /// <summary>The caller has gone. May come at any time, also after the outcome.</summary>
    public void CallerLeft(Ticket ticket) => Step(ticket, static (ledger, ticket, turn) =>
    {
        ticket.CallerHasLeft = true;
        if (ticket.Phase is TicketPhase.Done or TicketPhase.New)
            return;
        if (ticket.Own is not null)
            turn.Report(new GuardEvent.CallerLeft(ticket));
        if (ticket.Container is { } container)
            ledger.With(ledger.EntryOf(container), ticket, turn, static (entry, ticket, turn) => entry.CallerLeft(ticket, turn));
    });

    /// <summary>The container's run is over: <c>die</c>, or <c>destroy</c>.</summary>
    /// <param name="id">Full id.</param>
    /// <param name="run">The index's number of the run.</param>
    public void RunEnded(string id, long run) => WithKnown(id, run, static (entry, run, turn) =>
    {
        entry.RunEnded(run, turn);
        entry.Redecide(turn);
    });

    /// <summary>
    /// A run has begun: a <c>start</c> event, or a start through us that was answered 204 (not 304: nothing began then).
    /// </summary>
    /// <param name="id">Full id.</param>
    /// <param name="run">The index's number of the run.</param>
    public void RunStarted(string id, long run) => WithKnown(id, run, static (entry, run, turn) =>
    {
        entry.RunStarted(run, turn);
        entry.Redecide(turn);
    });

    /// <summary>The container has a new name.</summary>
    public void Renamed(string id, string name) => WithKnown(id, name, static (entry, name, _) => entry.Rename(name));

    /// <summary>The probe's report.</summary>
    /// <param name="need">What was asked; a report about an earlier run, or one that is not needed any more, is ignored.</param>
    /// <param name="diagnosis">What was found.</param>
    /// <param name="heldFor">How long it had held when it was found for sure: the time between the samples.</param>
    public void Evidence(EvidenceNeed need, Diagnosis diagnosis, TimeSpan heldFor = default) =>
        WithKnown(need.Id, (need, diagnosis, heldFor), static (entry, it, turn) =>
        {
            if (entry.Run == it.need.Run && entry.NeedsEvidence)
                entry.Evidence(it.diagnosis, it.heldFor, turn);
        });

    /// <summary>What the last report rests on is not there any more; the next is on its way.</summary>
    public void Doubt(EvidenceNeed need) => WithKnown(need.Id, need, static (entry, need, turn) =>
    {
        if (entry.Run == need.Run)
            entry.Doubt(turn);
    });

    /// <summary>A container has ended though all tasks that these refusals named still wait: they did not hold it.</summary>
    public void Reviewed(EndedRefusals wrong) => Step(wrong, static (ledger, wrong, turn) =>
    {
        foreach (var (operation, count) in wrong.Counts)
        {
            ledger._totals.WrongRefusals += count;
            turn.Report(new GuardEvent.RefusalsProvedWrong(wrong.Container, operation, count));
        }
    });

    /// <summary>The engine is another process than before; the same containers may run on.</summary>
    public void EngineRestarted() => ForEach(static (entry, turn) =>
    {
        entry.EngineRestarted(turn);
        entry.Redecide(turn);
    });

    /// <summary>containerd is another process than before: what did not work may work now.</summary>
    public void RuntimeRestarted() => ForEach(static (entry, turn) => entry.ClearBackoff(turn));

    /// <summary>An operator releases one container's back-off. False if there is none.</summary>
    public bool ReleaseBackoff(string id)
    {
        var had = false;
        WithKnown(id, 0, (entry, _, turn) => had = entry.ClearBackoff(turn));
        return had;
    }

    /// <summary>
    /// False for an attempt that nobody waits for any more and whose run is over: sent late, it would hit the next run. While its caller
    /// waits it is always sent, as a late event of the run before can end a run here that goes on at the engine.
    /// </summary>
    public bool MayStillBeSent(Attempt attempt)
    {
        lock (_gate)
        {
            if (!attempt.Ticket.CallerHasLeft || attempt.Run == 0)
                return true;
            return _entries.TryGetValue(attempt.Ticket.Container!.Id, out var entry) && entry.Run == attempt.Run && entry.IsRunning;
        }
    }

    /// <summary>True while the container is stuck, by the patience of the operation's policy.</summary>
    public bool IsStuck(string id, Operation operation)
    {
        lock (_gate)
            return _entries.TryGetValue(id, out var entry) && entry.IsStuck(Policies.For(operation).Patience, Now);
    }

    /// <summary>True while a call of the container is with the engine, which holds or waits for the container's lock.</summary>
    public bool HasOpenCalls(string id)
    {
        lock (_gate)
            return _entries.TryGetValue(id, out var entry) && entry.HasOpenCalls;
    }

    /// <summary>The containers about which the probe is asked now.</summary>
    public ImmutableArray<EvidenceNeed> EvidenceNeeds()
    {
        lock (_gate)
            return [.. _entries.Values.Where(entry => entry.NeedsEvidence).Select(entry => entry.Need)];
    }

    /// <summary>The ledger at this moment.</summary>
    public GuardSnapshot Snapshot()
    {
        lock (_gate)
        {
            var turn = NewTurn();
            var containers = _entries.Values.Where(entry => !entry.IsIdle).Select(entry => entry.Snapshot(turn))
                .OrderBy(entry => entry.Container.Name, StringComparer.Ordinal).ToImmutableArray();
            return new GuardSnapshot(
                OpenByOperation(turn), _totals.Waiting, containers.Max(entry => entry.OldestOpen), _totals.Refusals, _totals.EndedSoon,
                _totals.WrongRefusals, _totals.Saved, _totals.BlindLooks,
                containers);
        }
    }

    /// <summary>What is known of containers with evidence and is to outlive the process.</summary>
    public ImmutableArray<RememberedContainer> Remember()
    {
        lock (_gate)
        {
            return
            [
                .. _entries.Values.Select(entry => entry.Remember(Origin)).OfType<RememberedContainer>()
                    .OrderBy(remembered => remembered.Container.Id, StringComparer.Ordinal),
            ];
        }
    }

    /// <summary>Takes over what an earlier process knew, before the first call arrives.</summary>
    /// <param name="remembered">What it knew. The engine is the same process since, and the index shows these containers running.</param>
    /// <param name="engineGivesUp">True where the engine's version answers by itself what can't be ended.</param>
    public void Restore(ImmutableArray<RememberedContainer> remembered, bool engineGivesUp) =>
        Step((remembered, engineGivesUp), static (ledger, it, turn) =>
        {
            foreach (var container in it.remembered)
            {
                ledger.With(
                    ledger.EntryOf(container.Container), (container, ledger.Origin, it.engineGivesUp), turn,
                    static (entry, it, turn) => entry.Restore(it.container, it.Origin, it.engineGivesUp, turn));
            }
        });

    /// <summary>
    /// The process ends. Callers of calls that were not sent are told to ask again, those that wait and those that still come; with
    /// <paramref name="all"/> also those whose call is with the engine, where it stays.
    /// </summary>
    public void TurnAway(bool all) => Step(all, static (ledger, all, _) =>
    {
        ledger._isTurningAway = true;
        ledger._isTurningAllAway |= all;
    });

    /// <summary>Stops the clock. Waiting calls keep waiting for their answers.</summary>
    public void Dispose() => _timer.Dispose();

    private ImmutableArray<OpenOperation> OpenByOperation(Turn turn) =>
    [
        .. _totals.Open.GroupBy(attempt => attempt.Ticket.Call.Operation)
            .Select(open => new OpenOperation(open.Key, open.Count(), turn.Now - open.Min(attempt => attempt.SentAt))),
    ];

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    // Zero of this ledger's clock on the clock that counts from boot.
    private TimeSpan Origin => _time.GetElapsedTime(0, _origin);

    private static Ticket ForwardUnguarded(Ticket ticket, Reason reason)
    {
        ticket.First = Verdict.Forward(reason);
        ticket.Phase = TicketPhase.Done;
        ticket.Complete(Outcome.Unguarded.Instance);
        return ticket;
    }

    // Null where it is declined: tentative, and not simply to be forwarded.
    private Ticket? Decide(Ticket ticket)
    {
        if (ticket.Policy.Mode == GuardMode.Off)
            return ForwardUnguarded(ticket, Reason.GuardOff);
        Step(ticket, static (ledger, ticket, turn) => ledger.Arrive(ticket, turn));
        if (ticket.Phase != TicketPhase.New)
            return ticket;
        if (ticket.IsDeclined)
            return null;
        return ForwardUnguarded(ticket, ticket.Policy.Mode == GuardMode.Off ? Reason.GuardOff : Reason.Fault);
    }

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
            ticket.Own = new Attempt(_totals.NextAttempt(), ticket, 0, KillAt.Never, isByFullId: false, isStep: false, turn.Now);
            _totals.Open.Add(ticket.Own);
            turn.Report(new GuardEvent.Decided(ticket, ticket.First, null, 0, null));
            turn.Send(ticket.Own);
            return;
        }
        With(EntryOf(ticket.Container), ticket, turn, static (entry, ticket, turn) => entry.Arrive(ticket, turn));
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
        turn.Complete(ticket, outcome);
        if (ticket.Container is { } container)
        {
            var ended = (attempt, answer, outcome);
            With(EntryOf(container), ended, turn, static (entry, it, turn) => entry.End(it.attempt, it.answer, it.outcome, turn));
        }
        ticket.Phase = TicketPhase.Done;
    }

    private ContainerEntry EntryOf(GuardedContainer container)
    {
        if (!_entries.TryGetValue(container.Id, out var entry))
        {
            entry = new ContainerEntry(container, _totals);
            _entries.Add(container.Id, entry);
        }
        return entry;
    }

    private void WithKnown<T>(string id, T state, Action<ContainerEntry, T, Turn> body) => Step((id, state, body), static (ledger, it, turn) =>
    {
        if (ledger._entries.TryGetValue(it.id, out var entry))
            ledger.With(entry, it.state, turn, it.body);
    });

    private void ForEach(Action<ContainerEntry, Turn> body) => Step(body, static (ledger, body, turn) =>
    {
        foreach (var entry in ledger._entries.Values.ToArray())
            ledger.With(entry, body, turn, static (entry, body, turn) => body(entry, turn));
    });

    /// <summary>What is done with one entry, alone: a fault in it concerns that container and nobody else.</summary>
    private void With<T>(ContainerEntry entry, T state, Turn turn, Action<ContainerEntry, T, Turn> body)
    {
        try
        {
            body(entry, state, turn);
            entry.Settle(turn);
        }
        catch (Exception fault)
        {
            turn.Report(new GuardEvent.Faulted(fault, entry.Container));
            entry.FailOpen(turn);
            _schedule.Set(entry, null);
            entry = _entries[entry.Container.Id] = entry.Quarantined(turn.Now);
        }
        if (entry.IsEmpty)
            _entries.Remove(entry.Container.Id);
        _schedule.Set(entry, entry.IsEmpty ? null : entry.NextDue);
    }

    private void TimeIsDue()
    {
        try
        {
            Step(0, static (ledger, _, turn) =>
            {
                ledger._timerIsSetFor = null;
                foreach (var entry in ledger._schedule.Due(turn.Now))
                    ledger.With(entry, 0, turn, static (_, _, _) => { });
            });
        }
        catch (Exception fault)
        {
            // On the timer's thread nobody else would catch it, and the process would end.
            Turn.Tell(_observer, fault);
        }
    }

    // Set earlier, never later: one that fires for nothing is set anew then.
    private void SetTimer(TimeSpan now)
    {
        if (_schedule.First?.ScheduledFor is not { } due || due >= _timerIsSetFor)
            return;
        _timerIsSetFor = due;
        // Timers count whole milliseconds; a rounded-down one would fire early and be set again.
        var wait = Math.Clamp(Math.Ceiling((due - now).TotalMilliseconds), 1, FarAhead.TotalMilliseconds);
        _timer.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
    }

    private Turn NewTurn() => new(Now, _time.GetUtcNow(), Policies);

    private void Step<T>(T state, Action<Ledger, T, Turn> body)
    {
        Turn turn;
        lock (_gate)
        {
            turn = NewTurn();
            try
            {
                body(this, state, turn);
                if (_isTurningAway)
                    TurnWaitingAway(turn);
            }
            catch (Exception fault)
            {
                FailOpen(fault, turn);
            }
            SetTimer(turn.Now);
        }
        TurnEffects.CarryOut(turn, _sender, _observer, Lost);
    }

    private void TurnWaitingAway(Turn turn)
    {
        // What is due in an entry by now must not be sent for one who is about to be told: each is settled when nobody is left in it.
        if (_totals.Waiting > 0 || _isTurningAllAway)
        {
            foreach (var entry in _entries.Values.ToArray())
                With(entry, _isTurningAllAway, turn, static (entry, all, turn) => entry.TurnAway(all, turn));
        }
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

    // Of no entry, so none is trusted.
    private void FailOpen(Exception fault, Turn turn)
    {
        turn.Report(new GuardEvent.Faulted(fault));
        foreach (var entry in _entries.Values)
            entry.FailOpen(turn);
        _totals.Waiting = 0;
        _entries.Clear();
        _schedule.Clear();
    }
}
