namespace DockerGuardProxy.Guard;

/// <summary>A container about which the probe is asked.</summary>
/// <param name="Id">Full id.</param>
/// <param name="Run">The ledger's run that is meant; goes back with the report, so that a late one can't touch the next run.</param>
/// <param name="IndexRun">The same run's number in the index; 0 where the index has not told of it yet.</param>
internal readonly record struct EvidenceNeed(string Id, long Run, long IndexRun);
