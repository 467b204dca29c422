namespace DockerGuardProxy.Guard.Permits;

/// <summary>Why a call is held, or would be.</summary>
internal enum PermitReason
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>Enough calls of the container are unanswered, the oldest for too long.</summary>
    LockSlow,

    /// <summary>So many are unanswered that no more can help, however young they are.</summary>
    Burst,

    /// <summary>Enough statistics of the container are unanswered, the oldest for too long.</summary>
    StatsSlow,

    /// <summary>Statistics of a container whose lock is slow.</summary>
    StatsBehindLock,

    /// <summary>It would be held, and as many are as may be.</summary>
    TooManyWaiting,
}
