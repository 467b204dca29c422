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
            if (!FileStatus.Of(descriptor).IsRegular)
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

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
