using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Guard;

/// <summary>
/// What becomes of the calls of one container: each is decided about when it arrives (<see cref="Decision"/>), and again when what held it
/// ends or changes. Keeps nothing; belongs to the lock of <see cref="LedgerKeeper"/>.
/// </summary>
internal static class CallRules
{
    /// <summary>A call arrives.</summary>
    /// <param name="calls">Those of its container.</param>
    /// <param name="ticket">The call.</param>
    /// <param name="waitingOnNode">Held and joined callers of all containers.</param>
    /// <param name="turn">The input.</param>
    public static void Arrive(ContainerCalls calls, Ticket ticket, int waitingOnNode, Turn turn)
    {
        var run = calls.Run;
        ticket.RepeatIndex = run.RepeatIndex(ticket.Policy.Patience, turn.Now);
        ticket.Follow(ticket.Policy);
        var verdict = Decide(
            ticket,
            run.State() with
            {
                // The index may still show a run that by the engine's answers is over.
                IsRunning = ticket.Container!.IsRunning && run.IsOn,
                WaitingHere = calls.Waiting.Count,
                WaitingOnNode = waitingOnNode,
                MayRefuse = run.Evidence.MayRefuse(turn.Now),
            },
            turn);
        if (ticket.IsTentative && verdict.Kind != VerdictKind.Forward)
        {
            ticket.IsDeclined = true;
            return;
        }
        ticket.First = verdict;
        ticket.OpenAtArrival = run.View.Length;
        Apply(calls, ticket, verdict, isFirst: true, turn);
    }

    /// <summary>
    /// An attempt is over: answered, or lost where <paramref name="answer"/> is null. Its own caller is told already. True where the answer
    /// says that the present run is over, which it is then.
    /// </summary>
    public static bool End(ContainerCalls calls, Attempt attempt, EngineAnswer? answer, Turn turn)
    {
        var isOfPresentRun = calls.Close(attempt);
        if (isOfPresentRun && answer is { IsNoExitEvent: true })
            calls.Run.NoExitEvent(attempt, turn);
        var endsRun = isOfPresentRun && answer is not null && SaysRunIsOver(attempt, answer.Status);
        if (endsRun)
        {
            var operation = attempt.Ticket.Call.Operation;
            var isExit = answer!.Status == 204 && operation is Operation.Stop or Operation.Kill;
            calls.EndRun(isRunningAfter: operation == Operation.Restart && answer.Status == 204, isExit ? attempt : null, turn);
        }
        foreach (var joined in attempt.Joined.ToArray())
        {
            // One whose lead has failed comes back, to be decided again.
            if (answer is not { IsCopied: true })
                calls.Waiting.Hold(joined);
            else if (joined.IsObserved)
                calls.SettleDown(joined);
            else
                calls.Finish(joined, new Outcome.Answered(answer, attempt), turn);
        }
        Redecide(calls, turn);
        return endsRun;
    }

    /// <summary>
    /// What held the held calls has ended or changed: each is decided again, in order. They keep their places, so none is turned away
    /// for being too many. Held restarts share one, the newest: it is sent after each of them has come.
    /// </summary>
    public static void Redecide(ContainerCalls calls, Turn turn)
    {
        if (calls.Waiting.Held == 0)
            return;
        var held = calls.Waiting.HeldNow();
        foreach (var ticket in held)
        {
            if (ticket.Phase != TicketPhase.Held || (ticket.Call.Operation == Operation.Restart && !calls.Late.IsEmpty))
                continue;
            ticket.Run = calls.Run.Number;
            var verdict = Decide(ticket, calls.Run.State(), turn);
            if (verdict.Kind == VerdictKind.Hold)
                continue;
            if (verdict.Kind == VerdictKind.Forward && ticket.Call.Operation == Operation.Restart && !ticket.IsObserved)
                LeadRestart(calls, held, verdict, turn);
            else
                Apply(calls, ticket, verdict, isFirst: false, turn);
        }
    }

    /// <summary>The caller has left. What was sent stays open; what was not is dropped.</summary>
    public static void CallerLeft(ContainerCalls calls, Ticket ticket, Turn turn)
    {
        if (ticket.Own is null)
            calls.Finish(ticket, Outcome.Dropped.Instance, turn);
        else
            calls.SettleDown(ticket);
    }

    /// <summary>
    /// The configuration is another one: off frees those who wait, and whoever was not sent is forwarded; observe sends them, and goes on
    /// finding out what would have become of them; limits and times count as they are now.
    /// </summary>
    public static void PoliciesChanged(ContainerCalls calls, Turn turn)
    {
        var run = calls.Run;
        foreach (var ticket in calls.Waiting.AllNow())
        {
            var policy = turn.Policies.For(ticket.Call.Operation);
            if (policy == ticket.Policy)
                continue;
            calls.Waiting.Change(ticket, policy);
            if (policy.Mode == GuardMode.Off && ticket.Own is null)
                calls.Finish(ticket, Outcome.Unguarded.Instance, turn);
            else if (policy.Mode == GuardMode.Off)
                calls.SettleDown(ticket);
            else if (policy.Mode == GuardMode.Observe && ticket.Own is null)
                calls.SendShadow(ticket, isOfRun: run.IsOn && (ticket.Lead is not { } lead || lead.Run == run.Number), isByFullId: true, turn);
        }
        // While the guard is off nobody looks, and what nobody has looked at may have ended.
        if (turn.Policies.Guard.Mode == GuardMode.Off)
            run.EndEvidence(turn);
        Redecide(calls, turn);
    }

    private static Verdict Decide(Ticket ticket, in ContainerState state, Turn turn) =>
        Decision.Decide(state, ticket.Call.Operation, ticket.KillAtIfSent(turn.Now), ticket.Signal, ticket.Policy, turn.Now);

    // The engine knows before its events tell: a stop or kill is answered 204 once the container has exited, a stop 304 and a call
    // by full id 404 when there is nothing to stop.
    private static bool SaysRunIsOver(Attempt attempt, int status) => (status, attempt.Ticket.Call.Operation) switch
    {
        (204, _) => true,
        (304, Operation.Stop) => true,
        (404, _) => attempt.IsByFullId || attempt.Ticket.Call.Reference == attempt.Ticket.Container!.Id,
        _ => false,
    };

    private static void Apply(ContainerCalls calls, Ticket ticket, Verdict verdict, bool isFirst, Turn turn)
    {
        ticket.Run = calls.Run.Number;
        switch (verdict.Kind)
        {
            case VerdictKind.Forward:
                calls.Report(ticket, verdict, null, turn);
                calls.Lead(ticket, verdict, isByFullId: !isFirst, turn);
                break;
            case VerdictKind.Join:
                calls.Join(ticket, calls.Run.Find(attempt => attempt.Id == verdict.Lead)!, verdict.Reason, isOfPresentRun: true, turn);
                break;
            case VerdictKind.Hold:
                calls.Hold(ticket, verdict, turn);
                break;
            case VerdictKind.Refuse:
                calls.Report(ticket, verdict, null, turn);
                calls.Refuse(ticket, verdict.Reason, turn);
                break;
        }
        if (ticket.IsObserved && ticket.Own is null)
            calls.SendShadow(ticket, isOfRun: true, isByFullId: !isFirst, turn);
    }

    private static void LeadRestart(ContainerCalls calls, Ticket[] held, Verdict verdict, Turn turn)
    {
        var restarts = held.Where(ticket =>
            ticket is { Phase: TicketPhase.Held, IsObserved: false, Call.Operation: Operation.Restart }).ToArray();
        var newest = restarts[^1];
        Apply(calls, newest, verdict, isFirst: false, turn);
        foreach (var ticket in restarts.AsSpan(0, restarts.Length - 1))
            calls.Join(ticket, newest.Own!, Reason.SharedRestart, isOfPresentRun: calls.Run.IsOn, turn);
    }
}
