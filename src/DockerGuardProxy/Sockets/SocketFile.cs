using System.Runtime.InteropServices;

namespace DockerGuardProxy.Sockets;

/// <summary>What statx(2) tells of a socket's file.</summary>
internal static partial class SocketFile
{
    internal const int SymlinkNoFollow = 0x100;

    private const int AtFdCwd = -100, TypeAndInode = 0x101;
    private const int ModeOffset = 28, InodeOffset = 32, DeviceOffset = 136, BufferSize = 256;
    private const int FileTypeMask = 0xF000, SocketType = 0xC000;

    /// <summary>The inode of the file, or 0 where there is none or it is no socket.</summary>
    public static long Inode(string path) => Identity(path, SymlinkNoFollow).Inode;

    /// <summary>Whether both paths lead to one socket; links are followed.</summary>
    public static bool IsSame(string a, string b) => Identity(a, 0) is { Inode: not 0 } found && found == Identity(b, 0);

    /// <summary>Which socket the path leads to; links are followed.</summary>
    public static SocketIdentity Identity(string path) => Identity(path, 0);

    private static SocketIdentity Identity(string path, int flags)
    {
        try
        {
            return ByStatX(path, flags);
        }
        catch (EntryPointNotFoundException) when (RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            return ByOldStat(path, flags);
        }
    }

    private static SocketIdentity ByStatX(string path, int flags)
    {
        Span<byte> status = stackalloc byte[BufferSize];
        if (StatX(AtFdCwd, path, flags, TypeAndInode, status) != 0) return default;

        var isSocket = (BitConverter.ToUInt16(status[ModeOffset..]) & FileTypeMask) == SocketType;
        return isSocket
            ? SocketIdentity.Of(
                BitConverter.ToInt64(status[InodeOffset..]),
                BitConverter.ToUInt32(status[DeviceOffset..]),
                BitConverter.ToUInt32(status[(DeviceOffset + 4)..]))
            : default;
    }

    /// <summary>
    /// For glibc before 2.28, which has no statx, as on CentOS 7; what stat(2) was compiled to until 2.33. The layout is that of x86-64.
    /// </summary>
    internal static SocketIdentity ByOldStat(string path, int flags)
    {
        const int Version = 1, OldModeOffset = 24, OldInodeOffset = 8, OldDeviceOffset = 0;
        Span<byte> status = stackalloc byte[BufferSize];
        if ((flags == SymlinkNoFollow ? OldLStat(Version, path, status) : OldStat(Version, path, status)) != 0) return default;

        var isSocket = (BitConverter.ToUInt16(status[OldModeOffset..]) & FileTypeMask) == SocketType;
        if (!isSocket) return default;

        // glibc's makedev(3).
        var device = BitConverter.ToUInt64(status[OldDeviceOffset..]);
        return SocketIdentity.Of(
            BitConverter.ToInt64(status[OldInodeOffset..]),
            (uint)(((device >> 8) & 0xFFF) | ((device >> 32) & ~0xFFFul)),
            (uint)((device & 0xFF) | ((device >> 12) & ~0xFFul)));
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "__xstat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OldStat(int version, string path, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "__lxstat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OldLStat(int version, string path, Span<byte> status);
}
