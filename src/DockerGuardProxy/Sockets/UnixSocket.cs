namespace DockerGuardProxy.Sockets;

/// <summary>A Unix socket that is bound to a file, or was accepted by one that is, as sock_diag(7) tells of it.</summary>
/// <param name="Inode">Of the socket itself, as in the links of <c>/proc/PID/fd</c>.</param>
/// <param name="Listens">True for a listening socket, false for a connection.</param>
/// <param name="Peer">The inode of the other end; 0 where that has been closed.</param>
internal readonly record struct UnixSocket(uint Inode, bool Listens, uint Peer);
