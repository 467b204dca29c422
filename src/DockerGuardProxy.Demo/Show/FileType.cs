using System.Runtime.InteropServices;

namespace DockerGuardProxy.Demo.Show;

/// <summary>What kind of file there is, which .NET does not tell.</summary>
internal static partial class FileType
{
    // fcntl.h, linux/stat.h; the same on all architectures.
    private const int CurrentFolder = -100;
    private const uint TypeWanted = 1;
    private const ushort TypeMask = 0xf000, Regular = 0x8000;

    /// <summary>True for a file with content, false for devices, FIFOs, sockets, folders and what is not there. Links are followed.</summary>
    public static bool IsRegular(string path) =>
        StatX(CurrentFolder, path, 0, TypeWanted, out var status) == 0 && (status.Mode & TypeMask) == Regular;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint wanted, out Status status);

    // struct statx (statx(2)), of which only the mode matters.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(28)]
        public ushort Mode;
    }
}
