namespace DockerGuardProxy.Probe;

/// <summary>What a scan is reading.</summary>
/// <param name="Phase">Which files.</param>
/// <param name="Pid">Of which process.</param>
internal sealed record ScanStep(ScanPhase Phase, int Pid);
