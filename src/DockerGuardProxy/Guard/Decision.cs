using System.Collections.Immutable;
using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Guard;

/// <summary>
/// Decides about a terminating call; pure. The first row that matches wins:
/// <list type="number">
/// <item>the container does not run: forwarded;</item>
/// <item>forced removal: forwarded, unless row 3. A repeat while one is open gets the engine's own 409;</item>
/// <item>stuck, and a call is open or back-off runs: held (refused at once if too many wait, and it was looked of late);</item>
/// <item>brings SIGKILL sooner than every open call: forwarded at once;</item>
/// <item>stop or kill, and a stop or kill is open whose SIGKILL is due: joined;</item>
/// <item>stop or restart, and fewer than maxInFlight are open: forwarded;</item>
/// <item>stop, and a stop is open with the same signal and no later kill-at: joined;</item>
/// <item>restart or stop: held (forwarded if too many wait);</item>
/// <item>forwarded.</item>
/// </list>
/// A call that would join beyond the limit of those who wait joins all the same: nothing may be refused before patience is over, and to
/// forward it would keep one more call at the engine and one more connection here, for ever where the engine leaks.
/// </summary>
internal static class Decision
{
    /// <summary>Stepwise shorter stops and restarts that may be open at once; SIGKILL at once passes besides.</summary>
    public const int MaxSteps = 8;

    /// <param name="state">The container.</param>
    /// <param name="operation">What is asked.</param>
    /// <param name="killAt">When SIGKILL would come if the call were sent now.</param>
    /// <param name="signal">Effective signal of the call.</param>
    /// <param name="policy">The call's policy; its mode does not matter here.</param>
    /// <param name="now">Time on the ledger's clock.</param>
    public static Verdict Decide(
        in ContainerState state, Operation operation, KillAt killAt, string? signal, GuardPolicy policy, TimeSpan now)
    {
        // 1.
        if (!state.IsRunning)
            return Verdict.Forward(Reason.NotRunning);

        // 3. stands before 2., which says "unless row 3".
        var open = state.Open;
        if (state.IsStuck(policy.Patience, now) && (state.OpenCalls > 0 || state.IsBackingOff(now)))
            return HasPlace(state, policy) || !state.MayRefuse ? Verdict.Hold(Reason.Stuck) : Verdict.Refuse(Reason.TooManyWaiting);

        // 2.
        if (operation == Operation.Remove)
            return Verdict.Forward(Reason.Removal);

        // 4. SIGKILL at once is never a step: after it no call can be sooner, so it can't repeat.
        if (!open.IsEmpty && IsSooner(killAt, open))
        {
            if (killAt.IsDue(now))
                return Verdict.Forward(Reason.Escalation);
            if (Steps(open) < MaxSteps)
                return Verdict.Step();
            if (operation == Operation.Stop && SoonestStop(open) is { } soonest)
                return Verdict.Join(Reason.TooManySteps, soonest);
        }

        // 5. The newest: the engine gives it up last, so it comes nearest to what the call would have got itself.
        if (operation is Operation.Stop or Operation.Kill && NewestDue(open, now) is { } due)
            return Verdict.Join(Reason.KillDue, due);

        if (operation is Operation.Stop or Operation.Restart)
        {
            // 6.
            if (state.OpenCalls < policy.MaxInFlight)
                return Verdict.Forward(Reason.Room);

            // 7.
            if (operation == Operation.Stop && SameStop(open, killAt, signal) is { } same)
                return Verdict.Join(Reason.SameStop, same);

            // 8. Not refused beyond the limit: nothing shows that the call could not work.
            return HasPlace(state, policy) ? Verdict.Hold(Reason.NoRoom) : Verdict.Forward(Reason.TooManyWaiting);
        }

        // 9.
        return Verdict.Forward(Reason.Otherwise);
    }

    private static bool HasPlace(in ContainerState state, GuardPolicy policy) =>
        state.WaitingHere < policy.MaxWaitingPerContainer && state.WaitingOnNode < policy.MaxWaitingOnNode;

    private static bool IsSooner(KillAt killAt, ImmutableArray<OpenCall> open)
    {
        foreach (var call in open)
        {
            if (!killAt.IsSoonerThan(call.KillAt))
                return false;
        }
        return true;
    }

    private static int Steps(ImmutableArray<OpenCall> open)
    {
        var steps = 0;
        foreach (var call in open)
            steps += call.IsStep ? 1 : 0;
        return steps;
    }

    private static long? SoonestStop(ImmutableArray<OpenCall> open)
    {
        OpenCall? soonest = null;
        foreach (var call in open)
        {
            if (call.Operation == Operation.Stop && (soonest is null || call.KillAt.IsSoonerThan(soonest.Value.KillAt)))
                soonest = call;
        }
        return soonest?.Id;
    }

    private static long? NewestDue(ImmutableArray<OpenCall> open, TimeSpan now)
    {
        OpenCall? newest = null;
        foreach (var call in open)
        {
            if (call.Operation is Operation.Stop or Operation.Kill && call.KillAt.IsDue(now)
                && (newest is null || newest.Value.KillAt.IsNoLaterThan(call.KillAt)))
            {
                newest = call;
            }
        }
        return newest?.Id;
    }

    private static long? SameStop(ImmutableArray<OpenCall> open, KillAt killAt, string? signal)
    {
        foreach (var call in open)
        {
            if (call.Operation == Operation.Stop && call.Signal == signal && call.KillAt.IsNoLaterThan(killAt))
                return call.Id;
        }
        return null;
    }
}
