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
            Redecide(turn);
        }
        if (State().IsStuck(ticket.Policy.Patience, turn.Now))
            ticket.RepeatIndex = _repeatIndex;
        var state = State() with
        {
            IsRunning = container.IsRunning && _isRunning,
            HeldHere = _held,
            HeldOnNode = _totals.Held,
        };
        var verdict = Decide(ticket, state, turn);
        if (ticket.IsTentative && verdict.Kind != VerdictKind.Forward)
            return;
        ticket.First = verdict;
        ticket.OpenAtArrival = _view.Length;
        Apply(ticket, verdict, isFirst: true, turn);
    }

    /// <summary>A joined call whose lead has failed comes back, and waits for <see cref="Redecide"/>.</summary>
    public void Requeue(Ticket ticket)
    {
        Detach(ticket);
        Hold(ticket);
    }

    /// <summary>
    /// What held the held calls has ended or changed: each is decided again, in order. They keep their places, so none is turned away
    /// for being too many. Held restarts share one, the newest: it is sent after each of them has come.
    /// </summary>
    public void Redecide(Turn turn)
    {
        if (_held == 0)
            return;
        var held = _waiting.Where(ticket => ticket.Phase == TicketPhase.Held).ToArray();
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

    /// <summary>The caller gets its outcome.</summary>
    public void Finish(Ticket ticket, Outcome outcome, Turn turn)
    {
        Detach(ticket);
        ticket.Phase = TicketPhase.Done;
        if (ticket.Own is null && outcome is not Outcome.Unguarded)
        {
            _saved++;
            _totals.Saved++;
        }
        turn.Complete(ticket, outcome);
    }

    /// <summary>Nothing more is decided about a call that was sent; only its own answer is waited for.</summary>
    public void SettleDown(Ticket ticket)
    {
        Detach(ticket);
        ticket.Phase = TicketPhase.Settled;
    }

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
                Hold(ticket);
                break;
            case VerdictKind.Refuse:
                Report(ticket, verdict, null, turn);
                Refuse(ticket, verdict.Reason, turn);
                break;
        }
        if (ticket.IsObserved && ticket.Own is null)
            SendShadow(ticket, turn);
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
        Detach(ticket);
        ticket.Phase = TicketPhase.Leading;
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
        if (_open.Contains(own))
            Wait(ticket);
    }

    private void SendShadow(Ticket ticket, Turn turn)
    {
        var shadow = Open(ticket, isOfRun: true, isByFullId: false, isStep: false, turn);
        shadow.IsShadow = true;
        RefreshView();
    }

    private Attempt Open(Ticket ticket, bool isOfRun, bool isByFullId, bool isStep, Turn turn)
    {
        var attempt = new Attempt(
            _totals.NextAttempt(), ticket, isOfRun ? Run : 0, ticket.KillAtIfSent(turn.Now), isByFullId, isStep, turn.Now);
        ticket.Own = attempt;
        turn.Send(attempt);
        _totals.Open.Add(attempt);
        if (isOfRun)
        {
            _attempts++;
            _open.Add(attempt);
            RefreshView();
        }
        return attempt;
    }

    private void Attach(Ticket ticket, Attempt lead, Reason reason, bool isOfPresentRun, Turn turn)
    {
        Report(ticket, Verdict.Join(reason, lead.Id), lead, turn);
        if (isOfPresentRun)
            Detach(ticket, keepsWaiting: true);
        else
            Detach(ticket);
        ticket.Phase = TicketPhase.Joined;
        ticket.Lead = lead;
        ticket.JoinedNode = lead.Joined.AddLast(ticket);
        _callers++;
        _totals.Waiting++;
        if (isOfPresentRun)
            Wait(ticket);
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

    private void Hold(Ticket ticket)
    {
        ticket.Phase = TicketPhase.Held;
        _held++;
        _totals.Held++;
        _callers++;
        _totals.Waiting++;
        Wait(ticket);
    }

    private void Detach(Ticket ticket, bool keepsWaiting = false)
    {
        if (!keepsWaiting)
            Unwait(ticket);
        if (ticket.JoinedNode is { } node)
            node.List!.Remove(node);
        ticket.JoinedNode = null;
        ticket.Lead = null;
        if (ticket.Phase == TicketPhase.Held)
        {
            _held--;
            _totals.Held--;
        }
        if (ticket.Phase is TicketPhase.Held or TicketPhase.Joined)
        {
            _callers--;
            _totals.Waiting--;
        }
    }

    private void Report(Ticket ticket, Verdict verdict, Attempt? lead, Turn turn) =>
        turn.Report(new GuardEvent.Decided(ticket, verdict, lead, _view.Length, Diagnosis));
}
