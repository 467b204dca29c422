namespace DockerGuardProxy.Engine;

/// <summary>How the engine's process is doing. What could not be read is null.</summary>
/// <param name="Pid">The process.</param>
/// <param name="Descriptors">Its open descriptors.</param>
/// <param name="DescriptorLimit">Its own soft limit (RLIMIT_NOFILE).</param>
/// <param name="MemoryBytes">Its resident set.</param>
/// <param name="HostDescriptors">Open descriptions of the whole host (proc_sys_fs(5), file-nr).</param>
/// <param name="HostDescriptorLimit">Their limit.</param>
/// <param name="Connections">What it holds on its socket.</param>
internal sealed record EngineVitals(
    int? Pid = null,
    long? Descriptors = null,
    long? DescriptorLimit = null,
    long? MemoryBytes = null,
    long? HostDescriptors = null,
    long? HostDescriptorLimit = null,
    EngineConnections? Connections = null)
{
    /// <summary>Nothing is known.</summary>
    public static EngineVitals Unknown { get; } = new();
}
