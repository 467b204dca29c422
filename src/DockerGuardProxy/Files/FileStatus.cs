using System.Runtime.InteropServices;

namespace DockerGuardProxy.Files;

/// <summary>
/// What statx(2) tells of a file, which .NET does not: its kind, and which of its file system it is. All zero where there is none.
/// </summary>
/// <param name="Mode">Kind and permissions.</param>
/// <param name="Inode">Its number in its file system.</param>
/// <param name="DeviceMajor">Of the device that holds the file system.</param>
/// <param name="DeviceMinor">Of the device that holds the file system.</param>
internal readonly partial record struct FileStatus(ushort Mode, long Inode, uint DeviceMajor, uint DeviceMinor)
{
    private const int Size = 256, KindMask = 0xF000;

    // fcntl.h, linux/stat.h; the same numbers on x64 and arm64.
    private const int CurrentFolder = -100, SymlinkNoFollow = 0x100, EmptyPath = 0x1000;
    private const uint KindAndInode = 0x101;

    public bool IsRegular => (Mode & KindMask) == 0x8000;

    public bool IsSocket => (Mode & KindMask) == 0xC000;

    /// <summary>Of what lies at the path, or of what it leads to.</summary>
    public static FileStatus Of(string path, bool followsLinks)
    {
        try
        {
            return ByStatX(CurrentFolder, path, followsLinks ? 0 : SymlinkNoFollow);
        }
        catch (EntryPointNotFoundException) when (RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            return ByOldStat(path, followsLinks);
        }
    }

    /// <summary>Of an open file.</summary>
    public static FileStatus Of(int descriptor)
    {
        try
        {
            return ByStatX(descriptor, "", EmptyPath);
        }
        catch (EntryPointNotFoundException) when (RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            return ByOldStat(descriptor);
        }
    }

    /// <summary>
    /// For glibc before 2.28, which has no statx, as on CentOS 7; what stat(2) was compiled to until 2.33. The layout is that of x86-64.
    /// </summary>
    internal static FileStatus ByOldStat(string path, bool followsLinks)
    {
        Span<byte> status = stackalloc byte[Size];
        return FromOld((followsLinks ? OldStat(1, path, status) : OldLStat(1, path, status)) == 0, status);
    }

    /// <inheritdoc cref="ByOldStat(string, bool)"/>
    internal static FileStatus ByOldStat(int descriptor)
    {
        Span<byte> status = stackalloc byte[Size];
        return FromOld(OldFStat(1, descriptor, status) == 0, status);
    }

    private static FileStatus ByStatX(int folder, string path, int flags)
    {
        Span<byte> status = stackalloc byte[Size];
        return StatX(folder, path, flags, KindAndInode, status) == 0
            ? new FileStatus(
                BitConverter.ToUInt16(status[28..]),
                BitConverter.ToInt64(status[32..]),
                BitConverter.ToUInt32(status[136..]),
                BitConverter.ToUInt32(status[140..]))
            : default;
    }

    private static FileStatus FromOld(bool isThere, ReadOnlySpan<byte> status)
    {
        if (!isThere)
            return default;

        // glibc's makedev(3).
        var device = BitConverter.ToUInt64(status);
        return new FileStatus(
            BitConverter.ToUInt16(status[24..]),
            BitConverter.ToInt64(status[8..]),
            (uint)(((device >> 8) & 0xFFF) | ((device >> 32) & ~0xFFFul)),
            (uint)((device & 0xFF) | ((device >> 12) & ~0xFFul)));
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "__xstat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OldStat(int version, string path, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "__lxstat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OldLStat(int version, string path, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "__fxstat")]
    private static partial int OldFStat(int version, int descriptor, Span<byte> status);
}
