using System.Collections.Immutable;

namespace DockerGuardProxy.Configuration;

/// <summary>What the guard does with one kind of terminating call; every value decided.</summary>
/// <param name="Mode">How much the guard does.</param>
/// <param name="Patience">How long evidence must last before the container is stuck.</param>
/// <param name="MaxWait">How long a caller waits, from its arrival, where /proc can't be read.</param>
/// <param name="RepeatHold">How long the first, second … repeat on a stuck container is kept; the last entry serves all that follow.</param>
/// <param name="MaxInFlight">Calls that may be open per container.</param>
/// <param name="MaxWaitingPerContainer">Callers that may wait per container.</param>
/// <param name="MaxWaitingPerNode">Callers that may wait on the whole node.</param>
/// <param name="Backoff">Pause after the first, second … attempt in vain; the last entry serves all that follow.</param>
internal sealed record PolicyOptions(
    GuardMode Mode,
    TimeSpan Patience,
    TimeSpan MaxWait,
    ImmutableArray<TimeSpan> RepeatHold,
    int MaxInFlight,
    int MaxWaitingPerContainer,
    int MaxWaitingPerNode,
    ImmutableArray<TimeSpan> Backoff)
{
    /// <summary>Patience of 11 s, so that dockerd's own second SIGKILL, 10 s after the first, has come.</summary>
    public static PolicyOptions Default { get; } = new(
        GuardMode.Enforce,
        Patience: TimeSpan.FromSeconds(11),
        MaxWait: TimeSpan.FromSeconds(110),
        RepeatHold: [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(100)],
        MaxInFlight: 2,
        MaxWaitingPerContainer: 256,
        MaxWaitingPerNode: 4096,
        Backoff: [TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5)]);

    /// <summary>These options with what <paramref name="overrides"/> sets in their place.</summary>
    public PolicyOptions With(PolicyOverrides overrides) => new(
        overrides.Mode ?? Mode,
        overrides.Patience ?? Patience,
        overrides.MaxWait ?? MaxWait,
        overrides.RepeatHold ?? RepeatHold,
        overrides.MaxInFlight ?? MaxInFlight,
        overrides.MaxWaitingPerContainer ?? MaxWaitingPerContainer,
        overrides.MaxWaitingPerNode ?? MaxWaitingPerNode,
        overrides.Backoff ?? Backoff);
}
