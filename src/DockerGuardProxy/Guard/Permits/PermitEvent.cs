namespace DockerGuardProxy.Guard.Permits;

/// <summary>What is to be told of a container's lock.</summary>
internal abstract record PermitEvent
{
    /// <summary>A container's lock has become slow.</summary>
    /// <param name="Id">The container.</param>
    /// <param name="Since">Since when the engine has not answered.</param>
    /// <param name="Holder">Who may hold the lock; null where nobody is known.</param>
    public sealed record SlowBegan(string Id, DateTimeOffset Since, SuspectedHolder? Holder) : PermitEvent;

    /// <summary>It is no longer slow.</summary>
    /// <param name="Id">The container.</param>
    /// <param name="Duration">How long it was.</param>
    /// <param name="Held">How many calls were held meanwhile, or would have been.</param>
    /// <param name="Told">How many callers were told, or would have been.</param>
    public sealed record SlowEnded(string Id, TimeSpan Duration, long Held, long Told) : PermitEvent;

    /// <summary>A call that was held, told or refused, or would have been, is over for its caller.</summary>
    /// <param name="Id">The container.</param>
    /// <param name="Operation">Its kind, as the table of calls names it.</param>
    /// <param name="Verdict">The last decision about it.</param>
    /// <param name="Fate">What has become of it.</param>
    /// <param name="IsSent">Whether it is, or was, with the engine.</param>
    /// <param name="Arrived">When it came.</param>
    /// <param name="Ended">When that was over.</param>
    /// <param name="Caller">Who has made it.</param>
    public sealed record Concluded(
        string Id, string Operation, PermitVerdict Verdict, PermitFate Fate, bool IsSent, DateTimeOffset Arrived, DateTimeOffset Ended,
        IPermitCaller Caller)
        : PermitEvent;

    /// <summary>A fault of the guard's own: all who waited were sent, and the ledger began anew.</summary>
    /// <param name="Cause">The fault.</param>
    public sealed record Faulted(Exception Cause) : PermitEvent;
}
