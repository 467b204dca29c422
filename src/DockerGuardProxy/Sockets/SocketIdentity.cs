namespace DockerGuardProxy.Sockets;

/// <summary>Which file it is, whatever its path.</summary>
/// <param name="Inode">Its inode; 0 where there is no such socket.</param>
/// <param name="Device">Its file system, as the kernel writes a device inside of itself and in sock_diag(7): major and 20 bits of minor.</param>
internal readonly record struct SocketIdentity(long Inode, uint Device)
{
    private const int MinorBits = 20;

    /// <summary>From the two numbers of a device.</summary>
    public static SocketIdentity Of(long inode, uint major, uint minor) => new(inode, (major << MinorBits) | minor);
}
