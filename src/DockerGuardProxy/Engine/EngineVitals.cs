using DockerGuardProxy.Sockets;

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

/// <summary>Connections that the engine has accepted on its socket and holds.</summary>
/// <param name="Open">All of them, those of the proxy included.</param>
/// <param name="Peerless">Of them, those whose client is gone: the engine keeps them for calls that do not end.</param>
internal sealed record EngineConnections(int Open, int Peerless)
{
    /// <summary>
    /// Counts them; null where they can't be told. Nobody listening among the sockets means that we do not see the engine's: they are in
    /// another network namespace, or the path leads elsewhere.
    /// </summary>
    public static EngineConnections? Of(IReadOnlyCollection<UnixSocket>? sockets)
    {
        if (sockets is null || !sockets.Any(socket => socket.Listens))
            return null;
        var open = sockets.Count(socket => !socket.Listens);
        return new EngineConnections(open, sockets.Count(socket => socket is { Listens: false, Peer: 0 }));
    }
}
