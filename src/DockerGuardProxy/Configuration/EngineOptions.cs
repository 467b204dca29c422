namespace DockerGuardProxy.Configuration;

/// <summary>Where the engine is. A change needs a restart.</summary>
/// <param name="Path">Absolute path of its socket.</param>
/// <param name="PidFile">
/// Absolute path of its pid file, empty for none. It comes before SO_PEERCRED, which names pid 1 for a socket-activated engine.
/// </param>
internal sealed record EngineOptions(string Path, string PidFile)
{
    /// <summary>dockerd's own defaults.</summary>
    public static EngineOptions Default { get; } = new("/var/run/docker.sock", "/var/run/docker.pid");
}
