namespace DockerGuardProxy.Campaign.Check;

/// <summary>What holds whatever happens.</summary>
internal enum Invariant
{
    /// <summary>No call that changes something reaches the engine twice.</summary>
    SentOnce,

    /// <summary>A SIGKILL to a healthy container is with the engine at once.</summary>
    KillNotDelayed,

    /// <summary>What a caller reads is what was meant for it, whole.</summary>
    BytesWhole,

    /// <summary>No good answer to a stop, kill or removal of a container that runs on.</summary>
    EndsAreTrue,

    /// <summary>The status is the engine's own, and a good answer was the engine's.</summary>
    AnswerIsTheEngines,

    /// <summary>No call on a healthy container is refused.</summary>
    HealthyNotRefused,

    /// <summary>A call fails only where the present chaos explains it.</summary>
    FailuresExplained,

    /// <summary>No answer comes later than the engine's own, but for a hold that is documented.</summary>
    NotDelayed,

    /// <summary>Of the container that chaos is about, what is promised of such a one.</summary>
    ChaosAsPromised,

    /// <summary>The engine's open calls of a container are within the guard's limits.</summary>
    LimitsKept,

    /// <summary>The proxy does not end by itself.</summary>
    ProxyLives,

    /// <summary>The proxy's log has no fault that chaos does not explain.</summary>
    LogClean,

    /// <summary>When all is quiet, the guard knows of nothing any more.</summary>
    LedgerEmpty,

    /// <summary>When all is quiet, proxy and engine hold what they held before.</summary>
    BackAtBaseline,
}
