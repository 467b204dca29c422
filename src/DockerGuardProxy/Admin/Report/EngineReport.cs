namespace DockerGuardProxy.Admin.Report;

/// <summary>The engine, as its events and its process show it. What could not be read is null.</summary>
/// <param name="Path">Its socket.</param>
/// <param name="Ready">It answers: its list of containers was read, and its events come since.</param>
/// <param name="Containers">How many containers are known, running or not.</param>
/// <param name="Version">Its version.</param>
/// <param name="LeaksForEver">Whether a call on a stuck container is never answered by this version (20.10.9 and before).</param>
/// <param name="Pid">Its process.</param>
/// <param name="Descriptors">Its open descriptors.</param>
/// <param name="DescriptorLimit">Its own limit of them.</param>
/// <param name="MemoryBytes">Its resident memory.</param>
/// <param name="Goroutines">Its goroutines, if it runs in debug mode.</param>
/// <param name="Restarts">How often it was another process than before, since the proxy started.</param>
/// <param name="Connections">What it holds on its socket; null where the kernel does not tell.</param>
/// <param name="PeerlessConnections">Of them, those whose client is gone.</param>
internal sealed record EngineReport(
    string Path,
    bool Ready,
    int Containers,
    string? Version = null,
    bool? LeaksForEver = null,
    int? Pid = null,
    long? Descriptors = null,
    long? DescriptorLimit = null,
    long? MemoryBytes = null,
    long? Goroutines = null,
    long Restarts = 0,
    int? Connections = null,
    int? PeerlessConnections = null);
