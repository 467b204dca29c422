using System.Runtime.InteropServices;

namespace DockerGuardProxy.Listen;

/// <summary>What statx(2) tells of a socket's file.</summary>
internal static partial class SocketFile
{
    private const int AtFdCwd = -100, SymlinkNoFollow = 0x100, TypeAndInode = 0x101;
    private const int ModeOffset = 28, InodeOffset = 32, BufferSize = 256;
    private const int FileTypeMask = 0xF000, SocketType = 0xC000;

    /// <summary>The inode of the file, or 0 where there is none or it is no socket.</summary>
    public static long Inode(string path)
    {
        Span<byte> status = stackalloc byte[BufferSize];
        if (StatX(AtFdCwd, path, SymlinkNoFollow, TypeAndInode, status) != 0) return 0;

        var isSocket = (BitConverter.ToUInt16(status[ModeOffset..]) & FileTypeMask) == SocketType;
        return isSocket ? BitConverter.ToInt64(status[InodeOffset..]) : 0;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, Span<byte> status);
}
