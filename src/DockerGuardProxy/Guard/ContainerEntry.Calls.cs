using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Guard;

internal sealed partial class ContainerEntry
{
    /// <summary>A call arrives.</summary>
    public void Arrive(Ticket ticket, Turn turn)
    {
        // The index may know of a start that was not told here yet, and may still show a run that by the engine's answers is over.
        var container = ticket.Container!;
        if (container.IsRunning && container.Run != _runs.Present)
        {
            RunStarted(container.Run, turn);
        }
        if (_quarantinedUntil is not null)
            return;
        if (State().IsStuck(ticket.Policy.Patience, turn.Now))
            ticket.RepeatIndex = _repeatIndex;
        ticket.Follow(ticket.Policy);
        var state = State() with
        {
            IsRunning = container.IsRunning && _isRunning,
            WaitingHere = _waiting.Count,
            MayRefuse = MayRefuse(turn),
            WaitingOnNode = _totals.Waiting,
        };
        var verdict = Decide(ticket, state, turn);
        if (ticket.IsTentative && verdict.Kind != VerdictKind.Forward)
        {
            ticket.IsDeclined = true;
            return;
        }
        ticket.First = verdict;
        ticket.OpenAtArrival = _view.Length;
        Apply(ticket, verdict, isFirst: true, turn);
    }

    /// <summary>An attempt is over: answered, or lost where <paramref name="answer"/> is null. Its own caller is told already.</summary>
    public void End(Attempt attempt, EngineAnswer? answer, Turn turn)
    {
        var ticket = attempt.Ticket;
        var isOfPresentRun = Close(attempt);
        _waiting.Leave(ticket);
        ticket.Phase = TicketPhase.Done;
        if (isOfPresentRun && answer is { IsNoExitEvent: true })
            NoExitEvent(attempt, turn);
        if (isOfPresentRun && answer is not null && SaysRunIsOver(attempt, answer.Status))
        {
            var isStopOrKill = ticket.Call.Operation is Operation.Stop or Operation.Kill;
            EndRun(
                isRunningAfter: ticket.Call.Operation == Operation.Restart && answer.Status == 204,
                lead: isStopOrKill && answer.Status == 204 ? attempt : null,
                turn);
            GoAheadOfIndex(turn);
        }
        foreach (var joined in attempt.Joined.ToArray())
        {
            // One whose lead has failed comes back, to be decided again.
            if (answer is not { IsCopied: true })
                _waiting.Hold(joined);
            else if (joined.IsObserved)
                SettleDown(joined);
            else
                Finish(joined, new Outcome.Answered(answer, attempt), turn);
        }
        Redecide(turn);
    }

    /// <summary>
    /// What held the held calls has ended or changed: each is decided again, in order. They keep their places, so none is turned away
    /// for being too many. Held restarts share one, the newest: it is sent after each of them has come.
    /// </summary>
    public void Redecide(Turn turn)
    {
        if (_waiting.Held == 0)
            return;
        var held = _waiting.HeldNow();
        foreach (var ticket in held)
        {
            if (ticket.Phase != TicketPhase.Held || (ticket.Call.Operation == Operation.Restart && _unanswered.Count > 0))
                continue;
            ticket.Run = Run;
            var verdict = Decide(ticket, State(), turn);
            if (verdict.Kind == VerdictKind.Hold)
                continue;
            if (verdict.Kind == VerdictKind.Forward && ticket.Call.Operation == Operation.Restart && !ticket.IsObserved)
                LeadRestart(held, verdict, turn);
            else
                Apply(ticket, verdict, isFirst: false, turn);
        }
    }

    /// <summary>The caller has left. What was sent stays open; what was not is dropped.</summary>
    public void CallerLeft(Ticket ticket, Turn turn)
    {
        if (ticket.Own is null)
            Finish(ticket, Outcome.Dropped.Instance, turn);
        else
            SettleDown(ticket);
    }

    /// <summary>
    /// The configuration is another one: off frees those who wait, and whoever was not sent is forwarded; observe sends them, and goes on
    /// finding out what would have become of them; limits and times count as they are now.
    /// </summary>
    public void PoliciesChanged(Turn turn)
    {
        foreach (var ticket in _waiting.AllNow())
        {
            var policy = turn.Policies.For(ticket.Call.Operation);
            if (policy == ticket.Policy)
                continue;
            _waiting.Change(ticket, policy);
            if (policy.Mode == GuardMode.Off)
                Free(ticket, turn);
            else if (policy.Mode == GuardMode.Observe && ticket.Own is null)
                SendShadow(ticket, isOfRun: _isRunning && (ticket.Lead is not { } lead || lead.Run == Run), isByFullId: true, turn);
        }
        // While the guard is off nobody looks, and what nobody has looked at may have ended.
        if (turn.Policies.Guard.Mode == GuardMode.Off)
            EndEvidence(turn);
        Redecide(turn);
    }

    /// <summary>Tells those who wait that the process ends; with <paramref name="all"/> also those whose call was sent.</summary>
    public void TurnAway(bool all, Turn turn)
    {
        foreach (var ticket in _waiting.AllNow())
            if (all || ticket.Own is null)
                Finish(ticket, Outcome.TurnedAway.Instance, turn);
    }

    /// <summary>Frees everybody who waits after a fault. By the tickets alone: whatever the fault has left of the rest is not relied on.</summary>
    public void FailOpen(Turn turn)
    {
        foreach (var ticket in _waiting.TakeAll())
            ticket.FailOpen(turn);
    }

    /// <summary>What takes this entry's place after a fault in it. It remembers the run alone, by whose end it ends at the latest.</summary>
    /// <param name="now">The moment of the fault.</param>
    public ContainerEntry Quarantined(TimeSpan now) => new(this, now + QuarantineLasts);

    /// <summary>The caller gets its outcome.</summary>
    private void Finish(Ticket ticket, Outcome outcome, Turn turn)
    {
        _waiting.Leave(ticket);
        ticket.Phase = TicketPhase.Done;
        if (ticket.Own is null && outcome is not Outcome.Unguarded)
        {
            _saved++;
            _totals.Saved++;
        }
        turn.Complete(ticket, outcome);
    }

    /// <summary>Nothing more is decided about a call that was sent; only its own answer is waited for.</summary>
    private void SettleDown(Ticket ticket)
    {
        _waiting.Leave(ticket);
        ticket.Phase = TicketPhase.Settled;
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

    private static Verdict Decide(Ticket ticket, in ContainerState state, Turn turn) =>
        Decision.Decide(state, ticket.Call.Operation, ticket.KillAtIfSent(turn.Now), ticket.Signal, ticket.Policy, turn.Now);

    private void Apply(Ticket ticket, Verdict verdict, bool isFirst, Turn turn)
    {
        ticket.Run = Run;
        switch (verdict.Kind)
        {
            case VerdictKind.Forward:
                Report(ticket, verdict, null, turn);
                Lead(ticket, verdict, isByFullId: !isFirst, turn);
                break;
            case VerdictKind.Join:
                Attach(ticket, _open.Find(attempt => attempt.Id == verdict.Lead)!, verdict.Reason, isOfPresentRun: true, turn);
                break;
            case VerdictKind.Hold:
                Report(ticket, verdict, null, turn);
                _waiting.Hold(ticket);
                break;
            case VerdictKind.Refuse:
                Report(ticket, verdict, null, turn);
                Refuse(ticket, verdict.Reason, turn);
                break;
        }
        if (ticket.IsObserved && ticket.Own is null)
            SendShadow(ticket, isOfRun: true, isByFullId: !isFirst, turn);
    }

    private void Free(Ticket ticket, Turn turn)
    {
        if (ticket.Own is null)
            Finish(ticket, Outcome.Unguarded.Instance, turn);
        else
            SettleDown(ticket);
    }

    private void LeadRestart(Ticket[] held, Verdict verdict, Turn turn)
    {
        var restarts = held.Where(ticket =>
            ticket is { Phase: TicketPhase.Held, IsObserved: false, Call.Operation: Operation.Restart }).ToArray();
        var newest = restarts[^1];
        Apply(newest, verdict, isFirst: false, turn);
        foreach (var ticket in restarts.AsSpan(0, restarts.Length - 1))
            Attach(ticket, newest.Own!, Reason.SharedRestart, isOfPresentRun: _isRunning, turn);
    }

    private void Lead(Ticket ticket, Verdict verdict, bool isByFullId, Turn turn)
    {
        if (ticket.Own is { } own)
        {
            // Observe mode: it went out long ago; from now on it counts, as if it had been sent only now.
            own.IsShadow = false;
            RefreshView();
        }
        else
        {
            // Row 1: of no run. It must not count as open in the run that may begin before its answer.
            own = Open(ticket, isOfRun: verdict.Reason != Reason.NotRunning, isByFullId, verdict.IsStep, turn);
        }
        _waiting.Lead(ticket, isOfPresentRun: _open.Contains(own));
    }

    private void SendShadow(Ticket ticket, bool isOfRun, bool isByFullId, Turn turn) =>
        Open(ticket, isOfRun, isByFullId, isStep: false, turn, isShadow: true);

    private Attempt Open(Ticket ticket, bool isOfRun, bool isByFullId, bool isStep, Turn turn, bool isShadow = false)
    {
        var attempt = new Attempt(
            _totals.NextAttempt(), ticket, isOfRun ? Run : 0, ticket.KillAtIfSent(turn.Now), isByFullId, isStep, turn.Now) { IsShadow = isShadow };
        ticket.Own = attempt;
        turn.Send(attempt);
        _totals.Open.Add(attempt);
        if (isOfRun)
        {
            _attempts++;
            _open.Add(attempt);
            if (!isShadow)
                RefreshView();
        }
        return attempt;
    }

    private void Attach(Ticket ticket, Attempt lead, Reason reason, bool isOfPresentRun, Turn turn)
    {
        Report(ticket, Verdict.Join(reason, lead.Id), lead, turn);
        if (isOfPresentRun)
            _waiting.Join(ticket, lead);
        else
            _waiting.JoinPast(ticket, lead);
    }

    /// <summary>A stop or kill of the run has its 204: those who joined the others are told the same, since the run has ended for them too.</summary>
    private void ShareAnswer(Attempt answered, Turn turn)
    {
        foreach (var other in _open)
        {
            if (other.Ticket.Call.Operation is not (Operation.Stop or Operation.Kill))
                continue;
            foreach (var ticket in other.Joined.ToArray())
                Attach(ticket, answered, Reason.RunEnded, isOfPresentRun: false, turn);
        }
    }

    private void Report(Ticket ticket, Verdict verdict, Attempt? lead, Turn turn) =>
        turn.Report(new GuardEvent.Decided(ticket, verdict, lead, _view.Length, Diagnosis));
}
