namespace DockerGuardProxy.Guard.Permits;

/// <summary>What was decided about a call that was not just sent; in observe mode what would have been.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Reason">Why.</param>
/// <param name="Mode">How much the policy that says so may do.</param>
/// <param name="Unanswered">Permits of the container that were out at that moment.</param>
internal readonly record struct PermitVerdict(PermitVerdictKind Kind, PermitReason Reason, GuardMode Mode, int Unanswered);

/// <summary>The kinds of <see cref="PermitVerdict"/>.</summary>
internal enum PermitVerdictKind
{
    /// <summary>Held back.</summary>
    Held,

    /// <summary>Told that the lock is slow.</summary>
    Told,

    /// <summary>Refused for want of room.</summary>
    Refused,
}
