namespace DockerGuardProxy.Guard;

/// <summary>A decision and what led to it.</summary>
/// <param name="Kind">What becomes of the call.</param>
/// <param name="Reason">What decided.</param>
/// <param name="Lead">Number of the open call to wait for; zero unless joined.</param>
/// <param name="IsStep">True where the call counts as one of the stepwise shorter escalations.</param>
internal readonly record struct Verdict(VerdictKind Kind, Reason Reason, long Lead = 0, bool IsStep = false)
{
    public static Verdict Forward(Reason reason) => new(VerdictKind.Forward, reason);

    public static Verdict Step() => new(VerdictKind.Forward, Reason.Escalation, IsStep: true);

    public static Verdict Join(Reason reason, long lead) => new(VerdictKind.Join, reason, lead);

    public static Verdict Hold(Reason reason) => new(VerdictKind.Hold, reason);

    public static Verdict Refuse(Reason reason) => new(VerdictKind.Refuse, reason);
}

/// <summary>What becomes of a call.</summary>
internal enum VerdictKind
{
    /// <summary>Sent to the engine now.</summary>
    Forward,

    /// <summary>Not sent: waits for the answer of an open call and gets a copy.</summary>
    Join,

    /// <summary>Kept waiting; may be sent later or refused.</summary>
    Hold,

    /// <summary>Answered with a 503 of our own.</summary>
    Refuse,
}
