using System.Collections.Immutable;

namespace DockerGuardProxy.Configuration;

/// <summary>What one section sets of a <see cref="PolicyOptions"/>; null where it says nothing.</summary>
internal sealed record PolicyOverrides
{
    /// <summary>Nothing set.</summary>
    public static PolicyOverrides None { get; } = new();

    public GuardMode? Mode { get; init; }

    public TimeSpan? Patience { get; init; }

    public TimeSpan? MaxWait { get; init; }

    public ImmutableArray<TimeSpan>? RepeatHold { get; init; }

    public int? MaxInFlight { get; init; }

    public int? MaxWaitingPerContainer { get; init; }

    public int? MaxWaitingPerNode { get; init; }

    public ImmutableArray<TimeSpan>? Backoff { get; init; }
}
