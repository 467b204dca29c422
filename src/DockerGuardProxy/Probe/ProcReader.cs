using System.Runtime.InteropServices;
using System.Text;

namespace DockerGuardProxy.Probe;

/// <summary>
/// Reads small files, links and folders with open(2), read(2), readlink(2) and readdir(3) and nothing else. .NET's own classes are not
/// used: they stat what a link points to, and a link of a stuck task may point to the file system that never answers. For one thread.
/// </summary>
internal sealed partial class ProcReader
{
    private const int ReadOnlyCloseOnExec = 0x80000; // O_RDONLY | O_CLOEXEC
    private const int Eintr = 4, Enoent = 2, Esrch = 3, Enotdir = 20, Einval = 22;
    private const int MaxLength = 8 << 20;

    // struct dirent of glibc and musl on 64 bits: d_ino, d_off, d_reclen, d_type, d_name.
    private const int NameOffset = 19;

    private byte[] _buffer = new byte[16 << 10];

    /// <summary>The whole file; <paramref name="content"/> is valid until the next call.</summary>
    public ReadOutcome Read(string path, out ReadOnlySpan<byte> content)
    {
        content = default;
        var descriptor = Open(path, ReadOnlyCloseOnExec);
        if (descriptor < 0)
            return Outcome(Marshal.GetLastPInvokeError());
        try
        {
            var length = 0;
            while (true)
            {
                if (length == _buffer.Length)
                {
                    if (length >= MaxLength)
                        return ReadOutcome.Refused;
                    Array.Resize(ref _buffer, length * 2);
                }

                var count = Read(descriptor, ref _buffer[length], _buffer.Length - length);
                if (count == 0)
                    break;
                if (count > 0)
                    length += (int)count;
                else if (Marshal.GetLastPInvokeError() is var error && error != Eintr)
                    return Outcome(error);
            }

            content = _buffer.AsSpan(0, length);
            return ReadOutcome.Done;
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Where a link points to; the target itself is not touched.</summary>
    public ReadOutcome Link(string path, out string target)
    {
        target = "";
        var count = ReadLink(path, ref _buffer[0], 4096);
        if (count < 0)
            return Outcome(Marshal.GetLastPInvokeError());
        target = Encoding.UTF8.GetString(_buffer.AsSpan(0, (int)count));
        return ReadOutcome.Done;
    }

    /// <summary>The entries of a folder whose names are numbers, in ascending order.</summary>
    public static unsafe ReadOutcome List(string path, out List<int> numbers)
    {
        numbers = [];
        var folder = OpenFolder(path);
        if (folder == 0)
            return Outcome(Marshal.GetLastPInvokeError());
        try
        {
            while (true)
            {
                var entry = (byte*)ReadFolder(folder);
                if (entry is null)
                {
                    if (Marshal.GetLastPInvokeError() is var error && error != 0)
                        return Outcome(error);
                    numbers.Sort();
                    return ReadOutcome.Done;
                }

                var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset);
                if (System.Buffers.Text.Utf8Parser.TryParse(name, out int number, out var used) && used == name.Length)
                    numbers.Add(number);
            }
        }
        finally
        {
            _ = CloseFolder(folder);
        }
    }

    // EINVAL: mountinfo of a task that has left its namespaces on its way out.
    private static ReadOutcome Outcome(int error) =>
        error is Enoent or Esrch or Enotdir or Einval ? ReadOutcome.Gone : ReadOutcome.Refused;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, ref byte buffer, nint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadLink(string path, ref byte buffer, nint size);

    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenFolder(string path);

    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    private static partial nint ReadFolder(nint folder);

    [LibraryImport("libc", EntryPoint = "closedir")]
    private static partial int CloseFolder(nint folder);
}
