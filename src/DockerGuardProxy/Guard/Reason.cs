namespace DockerGuardProxy.Guard;

/// <summary>What decided about a call; the first nine are the rows of the decision, in order.</summary>
internal enum Reason
{
    /// <summary>Row 1: the container does not run.</summary>
    NotRunning = 1,

    /// <summary>Row 2: a forced removal.</summary>
    Removal,

    /// <summary>Row 3: the container is stuck, and a call is open or back-off runs.</summary>
    Stuck,

    /// <summary>Row 4: the call brings SIGKILL sooner than every open one.</summary>
    Escalation,

    /// <summary>Row 5: a stop or kill is open whose SIGKILL is due.</summary>
    KillDue,

    /// <summary>Row 6: fewer than maxInFlight calls are open.</summary>
    Room,

    /// <summary>Row 7: a stop with the same signal and no later kill-at is open.</summary>
    SameStop,

    /// <summary>Row 8: maxInFlight calls are open, and none of them can answer for this one.</summary>
    NoRoom,

    /// <summary>Row 9: none of the rows before.</summary>
    Otherwise,

    /// <summary>Row 4, past the eight stepwise shorter calls.</summary>
    TooManySteps,

    /// <summary>Row 3 or 8, with maxWaiting callers waiting already.</summary>
    TooManyWaiting,

    /// <summary>Held restarts share one, sent after the newest arrived.</summary>
    SharedRestart,

    /// <summary>Held until the run ended; an open stop or kill of that run answers it.</summary>
    RunEnded,

    /// <summary>It was looked and /proc can't be read, SIGKILL is due and maxWait is over.</summary>
    MaxWait,

    /// <summary>Nobody knows which container is meant.</summary>
    UnknownContainer,

    /// <summary>The guard, or the policy of this call, is off.</summary>
    GuardOff,

    /// <summary>A fault inside the guard.</summary>
    Fault,
}
