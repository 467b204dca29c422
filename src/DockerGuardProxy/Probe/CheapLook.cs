namespace DockerGuardProxy.Probe;

/// <summary>A question whether a whole look still holds.</summary>
/// <param name="Before">The whole look; <see cref="Look.CanBeConfirmed"/>.</param>
/// <param name="InitPid">Host pid of the run's init; null if unknown.</param>
/// <param name="Turn">A number that counts up, so that each witness is looked at in turn.</param>
internal readonly record struct CheapLook(Look Before, int? InitPid, int Turn);
