using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Engine;

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
