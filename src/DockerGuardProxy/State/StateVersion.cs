namespace DockerGuardProxy.State;

/// <summary>The one key that a state file of every version has.</summary>
/// <param name="Version">Of its format.</param>
internal sealed record StateVersion(int Version);
