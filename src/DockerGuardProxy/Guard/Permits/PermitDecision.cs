using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Guard.Permits;

/// <summary>
/// Whether a call is to be held: a pure function of what is known of its container, and of the policies. Rows in order, the first match wins.
/// </summary>
/// <remarks>
/// <list type="table">
/// <item>(1) the call may not be held: sent</item>
/// <item>(2) <c>maxUnanswered</c> permits are out, the oldest for longer than <c>slow</c>: held, by <c>lock</c></item>
/// <item>(3) <see cref="Burst"/> calls of its own kind are unanswered: held, by <c>lock</c> or <c>stats</c></item>
/// <item>(4) statistics of a container whose lock is slow: held, by <c>stats</c></item>
/// <item>(5) <c>maxUnanswered</c> statistics are unanswered, the oldest for longer than <c>slow</c>: held, by <c>stats</c></item>
/// <item>(6) otherwise: sent</item>
/// </list>
/// A row whose policy is off does not match; where it only observes, the call is sent all the same.
/// </remarks>
internal static class PermitDecision
{
    /// <summary>
    /// Calls of one container that may be unanswered however young they are. Healthy ones are answered long before: the lock serves one at a
    /// time, in microseconds.
    /// </summary>
    public const int Burst = 64;

    /// <summary>Why it is held, and how much the policy that says so may do; <see cref="PermitReason.None"/> where it is sent.</summary>
    public static (PermitReason Reason, GuardMode Mode) Decide(in LockState state, LockPart part, bool isStats, FamilyPolicies policies)
    {
        var (ofLock, ofStats) = (policies.Lock, policies.Stats);
        if (!isStats && (part & LockPart.Holdable) == 0) return default;

        if (ofLock.Mode != GuardMode.Off)
        {
            if (state.Unanswered >= ofLock.MaxUnanswered && state.OldestUnanswered > ofLock.Slow) return (PermitReason.LockSlow, ofLock.Mode);
            if (!isStats && ((part & LockPart.Permit) != 0 ? state.Unanswered : state.Walks) >= Burst) return (PermitReason.Burst, ofLock.Mode);
        }

        if (!isStats || ofStats.Mode == GuardMode.Off) return default;

        if (state.Stats >= Burst) return (PermitReason.Burst, ofStats.Mode);
        if (state.IsSlow) return (PermitReason.StatsBehindLock, ofStats.Mode);
        return state.Stats >= ofStats.MaxUnanswered && state.OldestStats > ofStats.Slow ? (PermitReason.StatsSlow, ofStats.Mode) : default;
    }
}
