using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Guard;

/// <summary>
/// The calls of one container: those of its present run, those who wait, and what was refused of late. Does with them what is decided
/// elsewhere (<see cref="CallRules"/>). Belongs to the lock of <see cref="LedgerKeeper"/>.
/// </summary>
internal sealed class ContainerCalls(GuardedContainer container, LedgerTotals totals)
{
    private readonly RecentRefusals _recent = new();

    /// <summary>The present run, or the pause after it.</summary>
    public GuardedRun Run { get; private set; } = new(container, totals.NextRun(), container.IsRunning);

    /// <summary>
    /// Those who wait. As long as one of them may come back to be decided about again, it must be remembered whether the container runs.
    /// </summary>
    public WaitingCallers Waiting { get; } = new(totals);

    /// <summary>Attempts of an ended run for whose answers held restarts wait.</summary>
    public LateAnswers Late { get; } = new();

    /// <summary>There is nothing to tell about the container.</summary>
    public bool IsIdle =>
        Run.Open.Count == 0 && Waiting.IsEmpty && Run.Evidence.Since is null && Run.Backoff.Until is null && _recent.IsEmpty;

    /// <summary>When something of it is over by time; null for never.</summary>
    public TimeSpan? NextDue => Due.Sooner(Due.Sooner(Run.Backoff.Until, Run.Evidence.LostAt), Due.Sooner(_recent.NextDue, Late.NextDue));

    /// <summary>The call is sent, and its own answer waited for; or it was sent long ago and counts from now on.</summary>
    /// <param name="ticket">The call.</param>
    /// <param name="verdict">Why.</param>
    /// <param name="isByFullId">It has waited.</param>
    /// <param name="turn">The input.</param>
    public void Lead(Ticket ticket, Verdict verdict, bool isByFullId, Turn turn)
    {
        if (ticket.Own is { } own)
        {
            Run.Count(own);
        }
        else
        {
            // Row 1: of no run. It must not count as open in the run that may begin before its answer.
            own = Send(ticket, isOfRun: verdict.Reason != Reason.NotRunning, isByFullId, verdict.IsStep, isShadow: false, turn);
        }
        Waiting.Lead(ticket, isOfPresentRun: Run.Open.Contains(own));
    }

    /// <summary>The call is sent in observe mode, whatever was decided about it.</summary>
    public void SendShadow(Ticket ticket, bool isOfRun, bool isByFullId, Turn turn) =>
        Send(ticket, isOfRun, isByFullId, isStep: false, isShadow: true, turn);

    /// <summary>The call waits for the answer of another.</summary>
    public void Join(Ticket ticket, Attempt lead, Reason reason, bool isOfPresentRun, Turn turn)
    {
        Report(ticket, Verdict.Join(reason, lead.Id), lead, turn);
        if (isOfPresentRun)
            Waiting.Join(ticket, lead);
        else
            Waiting.JoinPast(ticket, lead);
    }

    /// <summary>The call waits to be decided about again.</summary>
    public void Hold(Ticket ticket, Verdict verdict, Turn turn)
    {
        Report(ticket, verdict, null, turn);
        Waiting.Hold(ticket);
    }

    /// <summary>The caller is refused, or would have been.</summary>
    public void Refuse(Ticket ticket, Reason reason, Turn turn)
    {
        var refusal = Run.Refuse(ticket, reason, turn);
        totals.Refusals++;
        _recent.Add(ticket.Call.Operation, Run.Evidence.Since is null ? null : Run.Evidence.Last, turn.Now);
        turn.Report(new GuardEvent.Refused(ticket, refusal, Run.View.Length, Run.Evidence.Last));
        if (ticket.IsObserved)
            SettleDown(ticket);
        else
            Finish(ticket, new Outcome.Refused(refusal), turn);
    }

    /// <summary>The caller gets its outcome.</summary>
    public void Finish(Ticket ticket, Outcome outcome, Turn turn)
    {
        Waiting.Leave(ticket);
        ticket.Phase = TicketPhase.Done;
        if (ticket.Own is null && outcome is not Outcome.Unguarded)
        {
            Run.Saved++;
            totals.Saved++;
        }
        turn.Complete(ticket, outcome);
    }

    /// <summary>Nothing more is decided about a call that was sent; only its own answer is waited for.</summary>
    public void SettleDown(Ticket ticket)
    {
        Waiting.Leave(ticket);
        ticket.Phase = TicketPhase.Settled;
    }

    /// <summary>The attempt is over, and its own caller told; false where it is not of the present run.</summary>
    public bool Close(Attempt attempt)
    {
        Late.Remove(attempt);
        Waiting.Leave(attempt.Ticket);
        attempt.Ticket.Phase = TicketPhase.Done;
        return Run.Close(attempt);
    }

    /// <summary>Reports a decision.</summary>
    public void Report(Ticket ticket, Verdict verdict, Attempt? lead, Turn turn) =>
        turn.Report(new GuardEvent.Decided(ticket, verdict, lead, Run.View.Length, Run.Evidence.Last));

    /// <summary>Tells those who wait that the process ends; with <paramref name="all"/> also those whose call was sent.</summary>
    public void TurnAway(bool all, Turn turn)
    {
        foreach (var ticket in Waiting.AllNow())
        {
            if (all || ticket.Own is null)
                Finish(ticket, Outcome.TurnedAway.Instance, turn);
        }
    }

    /// <summary>Frees everybody who waits after a fault. By the tickets alone: whatever the fault has left of the rest is not relied on.</summary>
    public void FailOpen(Turn turn)
    {
        foreach (var ticket in Waiting.TakeAll())
            ticket.FailOpen(turn);
    }

    /// <summary>Forgets refusals that were long ago, and answers that are waited for in vain; true where a held restart may go on.</summary>
    public bool Forget(TimeSpan now)
    {
        _recent.Forget(now);
        if (Waiting.Held > 0)
            return Late.GiveUp(now);
        Late.Clear();
        return false;
    }

    /// <summary>Refuses those whose time has come; when the next one's comes, null for never.</summary>
    public TimeSpan? RefuseDue(Turn turn)
    {
        TimeSpan? next = null;
        foreach (var deadlines in Waiting.Deadlines)
            next = Due.Sooner(next, RefuseDue(deadlines, turn));
        return next;
    }

    /// <summary>
    /// The run is over (die, destroy, an answer that says so, a start or restart seen through us). Its open calls are closed to joins;
    /// calls that have joined them keep them, but where a stop or kill of the run has its 204 it is theirs as well. A stop or kill that was
    /// held during the run joins an unanswered one of that run: on the engine it would have waited for this very exit, and would have got
    /// the same answer. Sending it now could hit the next run. What is still held is left to be decided about again.
    /// </summary>
    /// <param name="isRunningAfter">The next run is on.</param>
    /// <param name="answered">The stop or kill whose 204 told of the end; null where something else did.</param>
    /// <param name="turn">The input.</param>
    public void EndRun(bool isRunningAfter, Attempt? answered, Turn turn)
    {
        var lead = answered
            ?? Run.Find(static attempt => attempt is { IsShadow: false, Ticket.Call.Operation: Operation.Stop or Operation.Kill });
        if (Run.IsOn)
            ReviewRefusals(turn);
        Run.EndEvidence(turn);
        Waiting.ClearDeadlines();
        foreach (var ticket in Waiting.PresentNow())
        {
            if (ticket.IsObserved)
                SettleDown(ticket);
            else if (ticket.Phase != TicketPhase.Held)
                Waiting.OutliveRun(ticket);
            else if (lead is not null && ticket.Run == Run.Number && ticket.Call.Operation is Operation.Stop or Operation.Kill)
                Join(ticket, lead, Reason.RunEnded, isOfPresentRun: false, turn);
        }
        Waiting.SetDeadlines();
        if (answered is not null)
            ShareAnswer(answered, turn);
        Late.Await(Run.Open, turn.Now);
        Run = Run.Next(totals.NextRun(), isRunningAfter);
    }

    /// <summary>
    /// The engine has restarted: it knows nothing of its open calls. Callers that joined them learn of it when the sender reports
    /// the lost connection; what was learned from the old engine is forgotten.
    /// </summary>
    public void EngineRestarted(Turn turn)
    {
        Run.EndEvidence(turn);
        Waiting.ClearDeadlines();
        foreach (var ticket in Waiting.PresentNow())
        {
            if (ticket.Phase != TicketPhase.Held)
                Waiting.OutliveRun(ticket);
        }

        Waiting.SetDeadlines();
        Run = Run.Next(totals.NextRun(), Run.IsOn);
    }

    // In the turn before the ticket knows of it: what has an attempt of its own is sent, whatever fails after.
    private Attempt Send(Ticket ticket, bool isOfRun, bool isByFullId, bool isStep, bool isShadow, Turn turn)
    {
        var attempt = new Attempt(
            totals.NextAttempt(), ticket, isOfRun ? Run.Number : 0, ticket.KillAtIfSent(turn.Now), isByFullId, isStep, turn.Now)
        { IsShadow = isShadow };
        turn.Send(attempt);
        ticket.Own = attempt;
        totals.Open.Add(attempt);
        if (isOfRun)
            Run.Add(attempt);
        return attempt;
    }

    // Each at the later of the time from which anybody may be and one of its own, which its ticket keeps.
    private TimeSpan? RefuseDue(WaitingDeadlines deadlines, Turn turn)
    {
        if (Run.RefusableFrom(turn.Policies.For(deadlines.Operation), turn.Now) is not { } from)
            return null;
        var isEvidence = Run.Evidence.Since is not null;
        while ((isEvidence ? deadlines.FirstByEvidence : deadlines.FirstByMaxWait) is { } ticket)
        {
            var deadline = Due.Later(from, isEvidence ? ticket.RepeatEnd : ticket.MaxWaitEnd);
            if (deadline > turn.Now)
                return deadline;
            Refuse(ticket, isEvidence ? Reason.Stuck : Reason.MaxWait, turn);
        }
        return null;
    }

    /// <summary>A stop or kill of the run has its 204: those who joined the others are told the same, since the run has ended for them too.</summary>
    private void ShareAnswer(Attempt answered, Turn turn)
    {
        foreach (var other in Run.Open)
        {
            if (other.Ticket.Call.Operation is not (Operation.Stop or Operation.Kill))
                continue;
            foreach (var ticket in other.Joined.ToArray())
                Join(ticket, answered, Reason.RunEnded, isOfPresentRun: false, turn);
        }
    }

    /// <summary>
    /// The run has ended. Mostly what the refusals named was mended just then; whether the container ended in spite of it only a look at those
    /// tasks can tell.
    /// </summary>
    private void ReviewRefusals(Turn turn)
    {
        _recent.Forget(turn.Now);
        foreach (var refusals in _recent.TakeAll(Run.Container))
        {
            foreach (var (operation, count) in refusals.Counts)
            {
                totals.EndedSoon += count;
                turn.Report(new GuardEvent.EndedSoonAfterRefusals(Run.Container, operation, count));
            }
            if (!refusals.Named.IsEmpty)
                turn.Review(refusals);
        }
    }
}
