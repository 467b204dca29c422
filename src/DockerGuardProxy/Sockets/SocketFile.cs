using DockerGuardProxy.Files;

namespace DockerGuardProxy.Sockets;

/// <summary>Which socket a file is.</summary>
internal static class SocketFile
{
    /// <summary>The inode of the file, or 0 where there is none or it is no socket.</summary>
    public static long Inode(string path) => Identity(path, followsLinks: false).Inode;

    /// <summary>Whether both paths lead to one socket; links are followed.</summary>
    public static bool IsSame(string a, string b) => Identity(a) is { Inode: not 0 } found && found == Identity(b);

    /// <summary>Which socket the path leads to; links are followed.</summary>
    public static SocketIdentity Identity(string path) => Identity(path, followsLinks: true);

    private static SocketIdentity Identity(string path, bool followsLinks) =>
        FileStatus.Of(path, followsLinks) is { IsSocket: true } file
            ? SocketIdentity.Of(file.Inode, file.DeviceMajor, file.DeviceMinor)
            : default;
}
