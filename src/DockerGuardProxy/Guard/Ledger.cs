using System.Collections.Immutable;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Probe;

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
/// carried out after it. A fault inside forwards whatever waits and begins anew.
/// </remarks>
internal sealed class Ledger : IDisposable
{
    // A timer can't be set further ahead than 49 days; looking once a day costs nothing.
    private static readonly TimeSpan FarAhead = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ContainerEntry> _entries = new(StringComparer.Ordinal);
    private readonly LedgerTotals _totals = new();
    private readonly TimeProvider _time;
    private readonly IAttemptSender _sender;
    private readonly IGuardObserver _observer;
    private readonly ITimer _timer;
    private readonly long _origin;
    private GuardPolicies _policies;
    private TimeSpan _armedFor = TimeSpan.MaxValue;
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

    /// <summary>The configuration. A new one counts for calls that arrive from now on; others keep that of their arrival.</summary>
    public GuardPolicies Policies
    {
        get => Volatile.Read(ref _policies);
        set => Volatile.Write(ref _policies, value);
    }

    /// <summary>A terminating call arrives.</summary>
    /// <param name="call">The call.</param>
    /// <param name="container">The container it means, with its state now; null if nobody knows, and the call is forwarded.</param>
    /// <param name="request">What the sender needs to send it; comes back as <see cref="Ticket.Request"/>.</param>
    public Ticket Arrive(TerminatingCall call, GuardedContainer? container, object? request)
    {
        var policies = Policies;
        var ticket = new Ticket(call, container, policies.For(call.Operation), request, Now);
        if (ticket.Policy.Mode == GuardMode.Off)
            return ForwardUnguarded(ticket, Reason.GuardOff);
        Step(ticket, static (ledger, ticket, turn) => ledger.Arrive(ticket, turn));
        if (ticket.Phase == TicketPhase.New)
            return ForwardUnguarded(ticket, Reason.Fault);
        return ticket;
    }

    /// <summary>
    /// As <see cref="Arrive(TerminatingCall,GuardedContainer?,object?)"/>, but null, and nothing done, where the call would not simply be
    /// forwarded and it is not certain that it means this container.
    /// </summary>
    public Ticket? TryArrive(TerminatingCall call, GuardedContainer container, object? request, bool isConfirmed)
    {
        if (isConfirmed || Policies.For(call.Operation).Mode == GuardMode.Off) return Arrive(call, container, request);

        var policies = Policies;
        var ticket = new Ticket(call, container, policies.For(call.Operation), request, Now) { IsTentative = true };
        Step(ticket, static (ledger, ticket, turn) => ledger.Arrive(ticket, turn));
        return ticket.Phase == TicketPhase.New ? null : ticket;
    }

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
        if (ticket.Container is null)
            return;
        var entry = ledger.EntryOf(ticket.Container);
        entry.CallerLeft(ticket, turn);
        ledger.Settle(entry, turn);
    });

    /// <summary>The container's run is over: <c>die</c>, or <c>destroy</c>.</summary>
    /// <param name="id">Full id.</param>
    /// <param name="run">The index's number of the run.</param>
    public void RunEnded(string id, long run) => Step((id, run), static (ledger, it, turn) =>
    {
        if (!ledger._entries.TryGetValue(it.id, out var entry))
            return;
        entry.RunEnded(it.run, turn);
        entry.Redecide(turn);
        ledger.Settle(entry, turn);
    });

    /// <summary>
    /// A run has begun: a <c>start</c> event, or a start through us that was answered 204 (not 304: nothing began then).
    /// </summary>
    /// <param name="id">Full id.</param>
    /// <param name="run">The index's number of the run.</param>
    public void RunStarted(string id, long run) => Step((id, run), static (ledger, it, turn) =>
    {
        if (!ledger._entries.TryGetValue(it.id, out var entry))
            return;
        entry.RunStarted(it.run, turn);
        entry.Redecide(turn);
        ledger.Settle(entry, turn);
    });

    /// <summary>The container has a new name.</summary>
    public void Renamed(string id, string name) => Step((id, name), static (ledger, it, _) =>
    {
        if (ledger._entries.TryGetValue(it.id, out var entry))
            entry.Rename(it.name);
    });

    /// <summary>The probe's report.</summary>
    /// <param name="need">What was asked; a report about an earlier run, or one that is not needed any more, is ignored.</param>
    /// <param name="diagnosis">What was found.</param>
    /// <param name="heldFor">How long it had held when it was found for sure: the time between the samples.</param>
    public void Evidence(EvidenceNeed need, Diagnosis diagnosis, TimeSpan heldFor = default) =>
        Step((need, diagnosis, heldFor), static (ledger, it, turn) =>
        {
            if (!ledger._entries.TryGetValue(it.need.Id, out var entry) || entry.Run != it.need.Run || !entry.NeedsEvidence)
                return;
            entry.Evidence(it.diagnosis, it.heldFor, turn);
            ledger.Settle(entry, turn);
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
        Step(id, (ledger, id, turn) =>
        {
            if (!ledger._entries.TryGetValue(id, out var entry))
                return;
            had = entry.ClearBackoff(turn);
            ledger.Settle(entry, turn);
        });
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
                OpenByOperation(turn), _totals.Waiting, containers.Max(entry => entry.OldestOpen), _totals.Refusals, _totals.WrongRefusals, _totals.Saved, _totals.BlindLooks,
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
                var entry = ledger.EntryOf(container.Container);
                entry.Restore(container, ledger.Origin, it.engineGivesUp, turn);
                ledger.Settle(entry, turn);
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

    private void Arrive(Ticket ticket, Turn turn)
    {
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
        var entry = EntryOf(ticket.Container);
        entry.Arrive(ticket, turn);
        Settle(entry, turn);
    }

    private void End(Attempt attempt, EngineAnswer? answer, Exception? cause, Turn turn)
    {
        if (attempt.IsOver)
            return;
        attempt.IsOver = true;
        var ticket = attempt.Ticket;
        Outcome outcome = answer is null ? new Outcome.Lost(cause) : new Outcome.Answered(answer, null);
        // First: no fault in what follows keeps the answer from its own caller.
        turn.Complete(ticket, outcome);
        if (ticket.Container is null)
        {
            _totals.Open.Remove(attempt);
            ticket.Phase = TicketPhase.Done;
            return;
        }
        var entry = EntryOf(ticket.Container);
        var isOfPresentRun = entry.Close(attempt);
        if (ticket.Phase != TicketPhase.Done)
            entry.Finish(ticket, outcome, turn);
        if (isOfPresentRun && answer is { IsNoExitEvent: true })
            entry.NoExitEvent(attempt, turn);
        if (isOfPresentRun && answer is not null && SaysRunIsOver(attempt, answer.Status))
        {
            var isStopOrKill = ticket.Call.Operation is Operation.Stop or Operation.Kill;
            entry.EndRun(
                isRunningAfter: ticket.Call.Operation == Operation.Restart && answer.Status == 204,
                lead: isStopOrKill && answer.Status == 204 ? attempt : null,
                turn);
            entry.GoAheadOfIndex(turn);
        }
        foreach (var joined in attempt.Joined.ToArray())
        {
            if (answer is not { IsCopied: true })
                entry.Requeue(joined);
            else if (joined.IsObserved)
                entry.SettleDown(joined);
            else
                entry.Finish(joined, new Outcome.Answered(answer, attempt), turn);
        }
        // Last: until here a fault finds those who joined it.
        _totals.Open.Remove(attempt);
        entry.Redecide(turn);
        Settle(entry, turn);
    }

    // The engine knows before its events tell: a stop or kill is answered 204 once the container has exited, a stop 304 and a call
    // by full id 404 when there is nothing to stop.
    private static bool SaysRunIsOver(Attempt attempt, int status) => (status, attempt.Ticket.Call.Operation) switch
    {
        (204, _) => true,
        (304, Operation.Stop) => true,
        (404, _) => attempt.IsByFullId || attempt.Ticket.Call.Reference == attempt.Ticket.Container!.Id,
        _ => false,
    };

    private ContainerEntry EntryOf(GuardedContainer container)
    {
        if (!_entries.TryGetValue(container.Id, out var entry))
        {
            entry = new ContainerEntry(container, _totals);
            _entries.Add(container.Id, entry);
        }
        return entry;
    }

    private void Settle(ContainerEntry entry, Turn turn)
    {
        entry.Settle(turn);
        if (entry.IsEmpty)
            _entries.Remove(entry.Container.Id);
        else if (entry.NextDue is { } due)
            Arm(due, turn.Now);
    }

    // Set earlier, never later: one that fires for nothing is set anew then.
    private void Arm(TimeSpan due, TimeSpan now)
    {
        if (due >= _armedFor)
            return;
        _armedFor = due;
        var wait = due - now;
        // Timers count whole milliseconds; a rounded-down one would fire early and be set again.
        _timer.Change(wait > FarAhead ? FarAhead : TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }

    private void TimeIsDue() => Step(0, static (ledger, _, turn) =>
    {
        ledger._armedFor = TimeSpan.MaxValue;
        foreach (var entry in ledger._entries.Values.ToArray())
        {
            if (entry.NextDue <= turn.Now)
                ledger.Settle(entry, turn);
            else if (entry.NextDue is { } due)
                ledger.Arm(due, turn.Now);
        }
    });

    private void ForEach(Action<ContainerEntry, Turn> body) => Step(body, static (ledger, body, turn) =>
    {
        foreach (var entry in ledger._entries.Values.ToArray())
        {
            body(entry, turn);
            ledger.Settle(entry, turn);
        }
    });

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
        }
        turn.CarryOut(_sender, _observer, Lost);
    }

    private void TurnWaitingAway(Turn turn)
    {
        var callers = _entries.Values.SelectMany(entry => entry.Waiting).Concat(_totals.Open.SelectMany(attempt => attempt.Joined))
            .Concat(_isTurningAllAway ? _totals.Open.Select(attempt => attempt.Ticket) : [])
            .Where(ticket => ticket.Phase != TicketPhase.Done && (_isTurningAllAway || ticket.Own is null)).Distinct().ToArray();
        // Each entry is settled only when nobody is left in it: what is due now must not be sent for one who is about to be told.
        foreach (var ticket in callers)
        {
            if (ticket.Container is { } container)
            {
                EntryOf(container).Finish(ticket, Outcome.TurnedAway.Instance, turn);
                continue;
            }
            ticket.Phase = TicketPhase.Done;
            turn.Complete(ticket, Outcome.TurnedAway.Instance);
        }
        foreach (var id in callers.Select(ticket => ticket.Container?.Id).OfType<string>().Distinct())
            Settle(_entries[id], turn);
    }

    // Goes by the tickets alone: whatever the fault has left of an entry is not relied on.
    private void FailOpen(Exception fault, Turn turn)
    {
        turn.Report(new GuardEvent.Faulted(fault));
        foreach (var ticket in _entries.Values.SelectMany(entry => entry.Waiting).Concat(_totals.Open.SelectMany(attempt => attempt.Joined)))
            ticket.FailOpen(turn);
        foreach (var attempt in _totals.Open)
            attempt.Joined.Clear();
        _totals.Open.RemoveWhere(attempt => attempt.IsOver);
        _totals.Held = _totals.Waiting = 0;
        _entries.Clear();
    }
}
