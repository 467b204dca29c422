using DockerGuardProxy.Timing;

namespace DockerGuardProxy.Guard;

/// <summary>
/// Carries out what turns have led to, on the thread of their input and one after the other: an effect that is an input itself (an engine
/// that refuses the connection at once) has its own effects after those of the turn before, not inside them. Nested, the calls that hand
/// the lead on to each other would need a stack as deep as they are many.
/// </summary>
/// <remarks>
/// (1) Events, since what an answer then leads to must not be reported before the decision to send; (2) sends; (3) what the index is to
/// learn of the answer, before its caller reads it; (4) what callers are told; (5) looks that are needed. A fault in one keeps back no other.
/// </remarks>
/// <param name="ledger">Told how what was sent and asked for has ended.</param>
/// <param name="sender">Sends.</param>
/// <param name="review">Looks at the tasks that refusals named.</param>
/// <param name="observer">Takes events.</param>
/// <param name="evidenceNeeded">Wakes whoever looks for evidence.</param>
internal sealed class TurnEffects(
    LedgerKeeper ledger, IAttemptSender sender, IRefusalReview review, IGuardObserver observer, WakeSignal evidenceNeeded)
{
    [ThreadStatic]
    private static bool _isUnderWay;

    [ThreadStatic]
    private static Queue<(TurnEffects Effects, Turn Turn, Action? TellIndex)>? _further;

    /// <summary>Carries out a turn, or leaves it to the one that is being carried out on this thread.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="tellIndex">Tells the index of the answer that this turn is about; null where there is nothing to tell.</param>
    public void CarryOut(Turn turn, Action? tellIndex)
    {
        if (_isUnderWay)
        {
            (_further ??= new()).Enqueue((this, turn, tellIndex));
            return;
        }
        _isUnderWay = true;
        try
        {
            CarryOutNow(turn, tellIndex);
            while (_further is { Count: > 0 } further)
            {
                var next = further.Dequeue();
                next.Effects.CarryOutNow(next.Turn, next.TellIndex);
            }
        }
        finally
        {
            _isUnderWay = false;
        }
    }

    /// <summary>Reports a fault about which nothing else can be done.</summary>
    public void Tell(Exception cause)
    {
        try
        {
            observer.On(new GuardEvent.Faulted(cause));
        }
        catch (Exception)
        {
            // An observer that fails twice has nothing left to be told; the calls matter more.
        }
    }

    private void CarryOutNow(Turn turn, Action? tellIndex)
    {
        foreach (var happened in turn.Events)
            Try(happened, static (effects, happened) => effects.Report(happened));
        foreach (var attempt in turn.Sends)
            Try(attempt, static (effects, attempt) => effects.Send(attempt));
        if (tellIndex is not null)
            Try(tellIndex, static (_, tellIndex) => tellIndex());
        foreach (var told in turn.Outcomes)
        {
            if (told.Ticket.Complete(told.Outcome))
                Try(told, static (effects, told) => effects.Report(new GuardEvent.Concluded(told.Ticket, told.Outcome)));
        }
        if (turn.NeedsEvidence)
            Try(evidenceNeeded, static (_, needed) => needed.Give());
        foreach (var refusals in turn.Reviews)
            Try(refusals, static (effects, refusals) => _ = effects.ReviewAsync(refusals));
    }

    private void Report(GuardEvent happened) => observer.On(happened);

    private void Send(Attempt attempt)
    {
        Task<AttemptAnswer> sending;
        try
        {
            sending = sender.SendAsync(attempt, () => ledger.MayStillBeSent(attempt));
        }
        catch (Exception cause)
        {
            ledger.Lost(attempt, cause);
            throw;
        }
        _ = FollowAsync(attempt, sending);
    }

    private async Task FollowAsync(Attempt attempt, Task<AttemptAnswer> sending)
    {
        AttemptAnswer answer;
        try
        {
            answer = await sending;
        }
        catch (Exception cause)
        {
            ledger.Lost(attempt, cause);
            return;
        }
        ledger.Answered(attempt, answer.Answer, answer.TellIndex);
    }

    private async Task ReviewAsync(EndedRefusals refusals)
    {
        if (await review.StillWaitAsync(refusals))
            ledger.Reviewed(refusals);
    }

    private void Try<T>(T state, Action<TurnEffects, T> effect)
    {
        try
        {
            effect(this, state);
        }
        catch (Exception cause)
        {
            Tell(cause);
        }
    }
}
