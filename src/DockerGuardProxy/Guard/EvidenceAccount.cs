namespace DockerGuardProxy.Guard;

/// <summary>What has come of a run's evidence so far. There is none without evidence, and it ends with it.</summary>
/// <param name="IsStuckReported">The container was reported as stuck.</param>
/// <param name="Repeats">Repeats that were refused; indexes <see cref="GuardPolicy.RepeatHold"/>.</param>
/// <param name="Backoff">The pauses between attempts.</param>
/// <param name="Inherited">
/// Calls of an earlier process that the engine still keeps. Nobody hears of their end: they count as long as the evidence holds, since what
/// keeps the container keeps them.
/// </param>
internal readonly record struct EvidenceAccount(bool IsStuckReported, int Repeats, Backoff Backoff, int Inherited);
