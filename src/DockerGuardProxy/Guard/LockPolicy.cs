namespace DockerGuardProxy.Guard;

/// <summary>The settings for calls that wait for a container's lock. A new one counts at once, for those who wait too.</summary>
internal sealed record LockPolicy
{
    /// <summary>How much may be done about such a call.</summary>
    public GuardMode Mode { get; init; } = GuardMode.Enforce;

    /// <summary>Calls of one container that may be unanswered, once the oldest of them is older than <see cref="Slow"/>.</summary>
    public int MaxUnanswered { get; init; } = 4;

    /// <summary>The age of the oldest unanswered call from which on the container's lock counts as slow.</summary>
    public TimeSpan Slow { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Held callers of one container; one more reads 503 at once.</summary>
    public int MaxWaitingPerContainer { get; init; } = 256;

    /// <summary>The same, of the node.</summary>
    public int MaxWaitingOnNode { get; init; } = 4096;

    /// <summary>Who is told, instead of being left to wait.</summary>
    public TellPolicy Tell { get; init; } = new();
}
