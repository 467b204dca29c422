namespace DockerGuardProxy.Guard.Permits;

/// <summary>
/// Who is told that a container's lock is slow, instead of being left to wait. Rows in order, all must hold: the policy is not off; the lock is
/// slow; no start was answered shortly before; the call is one that asks; its caller still waits, has waited long enough, and is one of
/// <c>tell.callers</c>.
/// </summary>
internal static class PermitTells
{
    /// <summary>After a start dockershim inspects once, to link the log, and does not try again: nobody is told so soon after one.</summary>
    public static readonly TimeSpan AfterStart = TimeSpan.FromMinutes(2);

    /// <summary>Looks at all who wait for one container.</summary>
    public static void Tell(ContainerPermits container, TellPolicy policy, PermitAccount account, Moment at)
    {
        if (policy.Mode == GuardMode.Off || container.SlowSince is null) return;
        if (container.StartAnswered is { } started && at.Now - started < AfterStart) return;

        // Of those who have waited as long, none makes another a repeat.
        var wait = container.Episode.Told > 0 ? policy.Repeat : policy.After;
        for (var node = container.Held.First; node is not null;)
        {
            var (call, next) = (node.Value, node.Next);
            if (IsToBeTold(call, policy, wait, account, at.Now)) TellHeld(container, call, policy, account, at);
            node = next;
        }

        TellSent(container, container.Unanswered, policy, wait, account, at);
        TellSent(container, container.Walks, policy, wait, account, at);
    }

    private static bool IsToBeTold(PermitCall call, TellPolicy policy, TimeSpan wait, PermitAccount account, TimeSpan now)
    {
        if (!call.IsTellable || call.IsKept || call.IsTold || now - call.Arrived < wait) return false;
        if (call.Caller.KnownComm is { } comm) return policy.Callers.Contains(comm);
        account.Turn.Unknown.Add(call.Caller);
        return false;
    }

    private static void TellHeld(ContainerPermits container, PermitCall call, TellPolicy policy, PermitAccount account, Moment at)
    {
        call.IsTold = true;
        container.NoteTell(at.Now);
        call.Verdict = Verdict(container, policy);
        if (policy.Mode == GuardMode.Observe)
        {
            account.Totals.WouldTell++;
            return;
        }

        account.Totals.Told++;
        container.Conclude(call, PermitFate.Refused, at);
        container.Unhold(call);
        account.Turn.TellsHeld.Add((call.Waiter!, Facts(container, policy, at)));
    }

    private static void TellSent(
        ContainerPermits container, LinkedList<PermitCall> calls, TellPolicy policy, TimeSpan wait, PermitAccount account, Moment at)
    {
        foreach (var call in calls)
        {
            if (!IsToBeTold(call, policy, wait, account, at.Now)) continue;
            call.IsTold = true;
            if (policy.Mode == GuardMode.Observe)
            {
                account.Totals.WouldTell++;
                container.NoteTell(at.Now);
                call.Verdict = Verdict(container, policy);
                continue;
            }

            // Counted when it was: its answer may have begun.
            account.Turn.TellsSent.Add((call, call.Serial, Facts(container, policy, at)));
        }
    }

    private static PermitVerdict Verdict(ContainerPermits container, TellPolicy policy) =>
        new(PermitVerdictKind.Told, PermitReason.LockSlow, policy.Mode, container.Unanswered.Count);

    private static TellFacts Facts(ContainerPermits container, TellPolicy policy, Moment at) =>
        new(container.Id, at.UtcNow - (at.Now - container.SlowSince!.Value), container.HolderAt(at), policy.Repeat);
}
