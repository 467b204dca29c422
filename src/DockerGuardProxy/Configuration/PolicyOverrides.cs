using System.Collections.Immutable;
using DockerGuardProxy.Guard;

namespace DockerGuardProxy.Configuration;

/// <summary>What one section sets of a <see cref="GuardPolicy"/>; null where it says nothing.</summary>
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

    public int? MaxWaitingOnNode { get; init; }

    public ImmutableArray<TimeSpan>? Backoff { get; init; }

    /// <summary>A policy with what is set here in place of its own.</summary>
    public GuardPolicy On(GuardPolicy policy) => policy with
    {
        Mode = Mode ?? policy.Mode,
        Patience = Patience ?? policy.Patience,
        MaxWait = MaxWait ?? policy.MaxWait,
        RepeatHold = RepeatHold ?? policy.RepeatHold,
        MaxInFlight = MaxInFlight ?? policy.MaxInFlight,
        MaxWaitingPerContainer = MaxWaitingPerContainer ?? policy.MaxWaitingPerContainer,
        MaxWaitingOnNode = MaxWaitingOnNode ?? policy.MaxWaitingOnNode,
        Backoff = Backoff ?? policy.Backoff,
    };
}
