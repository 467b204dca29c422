using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Guard;

/// <summary>One container of a <see cref="GuardSnapshot"/>.</summary>
/// <param name="Container">Which one.</param>
/// <param name="IsStuck">Evidence for at least the guard's patience.</param>
/// <param name="Diagnosis">The last report; null if there was none in this run.</param>
/// <param name="EvidenceSince">Since when the evidence holds; null without evidence.</param>
/// <param name="Attempts">Calls sent in this run.</param>
/// <param name="OpenCalls">Of them, those not yet answered.</param>
/// <param name="WaitingCalls">Held and joined callers.</param>
/// <param name="OldestOpen">Age of the oldest open call; null without one.</param>
/// <param name="BackoffLeft">Time until the next attempt may be sent; null without back-off.</param>
/// <param name="Refusals">Refused in this run, or would have been.</param>
/// <param name="CallsSaved">Calls of this run that ended without being sent.</param>
internal sealed record ContainerSnapshot(
    GuardedContainer Container,
    bool IsStuck,
    Diagnosis? Diagnosis,
    DateTimeOffset? EvidenceSince,
    long Attempts,
    int OpenCalls,
    int WaitingCalls,
    TimeSpan? OldestOpen,
    TimeSpan? BackoffLeft,
    long Refusals,
    long CallsSaved);
