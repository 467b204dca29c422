namespace DockerGuardProxy.Guard.Permits;

/// <summary>What becomes of a call that asked for a permit.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Body">The body of the 503; empty for other kinds.</param>
internal readonly record struct PermitOutcome(PermitOutcomeKind Kind, ReadOnlyMemory<byte> Body)
{
    /// <summary>To be sent.</summary>
    public static PermitOutcome Send => default;

    /// <summary>Its caller has left.</summary>
    public static PermitOutcome Left => new(PermitOutcomeKind.Left, default);
}

/// <summary>The kinds of <see cref="PermitOutcome"/>.</summary>
internal enum PermitOutcomeKind
{
    /// <summary>To be sent now.</summary>
    Send,

    /// <summary>To be kept until its waiter says more.</summary>
    Held,

    /// <summary>503: too many wait already.</summary>
    Refused,

    /// <summary>503: the lock is slow, and the caller is one of those who are told.</summary>
    Told,

    /// <summary>503: the proxy is being restarted.</summary>
    TurnedAway,

    /// <summary>Nobody is left to be answered.</summary>
    Left,
}
