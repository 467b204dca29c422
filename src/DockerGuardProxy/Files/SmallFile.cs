using System.Runtime.InteropServices;
using DockerGuardProxy.Text;
using Microsoft.Win32.SafeHandles;

namespace DockerGuardProxy.Files;

/// <summary>Reads a small regular file whole, whatever lies at its path: the configuration, and what else somebody names.</summary>
internal static partial class SmallFile
{
    /// <summary>
    /// Nobody writes more by hand; a log or an image named by mistake must not fill the memory. <see cref="WholeFile"/> writes no more either:
    /// what one process keeps, the next can read.
    /// </summary>
    public const int MaxBytes = 1 << 20;

    // fcntl.h; the same numbers on x64 and arm64.
    private const int ReadOnlyNonBlockingCloseOnExec = 0x800 | 0x80000;
    private const int NoSuchFile = 2;

    /// <summary>Never throws for what lies at the path, and never waits for it: see the comment inside.</summary>
    public static FileContent Read(string path)
    {
        // open(2) itself and not File.OpenHandle, which waits for ever on a FIFO that nobody writes to.
        var descriptor = Open(path, ReadOnlyNonBlockingCloseOnExec);
        if (descriptor < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            return Unreadable(Marshal.GetPInvokeErrorMessage(errno), errno == NoSuchFile);
        }

        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            // Before the first read: a device may never end, and reading it may do something.
            if (!IsRegular(descriptor))
                return Unreadable(Directory.Exists(path) ? "is a directory" : "not a regular file");
            using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
            using var content = new MemoryStream();
            var buffer = new byte[16 * 1024];
            for (int count; (count = stream.Read(buffer)) > 0;)
            {
                content.Write(buffer, 0, count);
                if (content.Length > MaxBytes)
                    return Unreadable("larger than 1 MiB");
            }

            return new FileContent(content.ToArray(), null, false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A file system that fails.
            return Unreadable(e.Message);
        }
    }

    private static FileContent Unreadable(string reason, bool isMissing = false) => new(null, LogText.Escape(reason), isMissing);

    // statx(2); where glibc is older than 2.28, what fstat(2) was compiled to until 2.33, with the layout of x86-64.
    private static bool IsRegular(int descriptor)
    {
        const int AtEmptyPath = 0x1000, OldVersion = 1, ModeOffset = 28, OldModeOffset = 24, FileTypeMask = 0xF000, RegularType = 0x8000;
        const uint TypeOnly = 1;
        Span<byte> status = stackalloc byte[256];
        try
        {
            return StatX(descriptor, "", AtEmptyPath, TypeOnly, status) == 0
                && (BitConverter.ToUInt16(status[ModeOffset..]) & FileTypeMask) == RegularType;
        }
        catch (EntryPointNotFoundException) when (RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            return OldFStat(OldVersion, descriptor, status) == 0 && (BitConverter.ToUInt16(status[OldModeOffset..]) & FileTypeMask) == RegularType;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "__fxstat")]
    private static partial int OldFStat(int version, int descriptor, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
