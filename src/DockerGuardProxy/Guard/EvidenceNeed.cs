namespace DockerGuardProxy.Guard;

/// <summary>A container about which the probe is asked.</summary>
/// <param name="Id">Full id.</param>
/// <param name="Run">The run that is meant; goes back with the report, so that a late one can't touch the next run.</param>
internal readonly record struct EvidenceNeed(string Id, long Run);
