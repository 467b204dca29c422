using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Guard;

/// <summary>
/// What is known of a container with evidence that outlives the process. Times without a zone are on the clock that counts from
/// boot (<see cref="TimeProvider.GetTimestamp"/>), the same for every process of one boot.
/// </summary>
/// <param name="Container">Which one.</param>
/// <param name="Evidence">The last report.</param>
/// <param name="EvidenceSince">Since when the evidence holds.</param>
/// <param name="EvidenceSinceUtc">The same by the wall clock of then, as callers have read it.</param>
/// <param name="IsStuckReported">It has been reported as stuck.</param>
/// <param name="OpenCalls">Calls of this run that the engine has not answered.</param>
/// <param name="BackoffUntil">When the next attempt may be sent; null without back-off.</param>
/// <param name="BackoffLevel">Pauses so far.</param>
/// <param name="BackoffSince">When the last pause began.</param>
/// <param name="RepeatIndex">Repeats that were refused.</param>
/// <param name="Attempts">Calls sent in this run.</param>
/// <param name="Refusals">Refused in this run.</param>
/// <param name="CallsSaved">Calls of this run that ended without being sent.</param>
internal sealed record RememberedContainer(
    GuardedContainer Container,
    Diagnosis Evidence,
    TimeSpan EvidenceSince,
    DateTimeOffset EvidenceSinceUtc,
    bool IsStuckReported,
    int OpenCalls,
    TimeSpan? BackoffUntil,
    int BackoffLevel,
    TimeSpan BackoffSince,
    int RepeatIndex,
    long Attempts,
    long Refusals,
    long CallsSaved);
