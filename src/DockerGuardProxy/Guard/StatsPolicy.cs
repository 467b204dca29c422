namespace DockerGuardProxy.Guard;

/// <summary>The settings for calls that ask for a container's statistics. A new one counts at once, for those who wait too.</summary>
internal sealed record StatsPolicy
{
    /// <summary>How much may be done about such a call.</summary>
    public GuardMode Mode { get; init; } = GuardMode.Enforce;

    /// <summary>Calls of one container that may be unanswered, once the oldest of them is older than <see cref="Slow"/>.</summary>
    public int MaxUnanswered { get; init; } = 2;

    /// <summary>The age of the oldest unanswered call from which on the container's statistics count as slow.</summary>
    public TimeSpan Slow { get; init; } = TimeSpan.FromSeconds(5);
}
