using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace DockerGuardProxy.Sockets;

/// <summary>A listening Unix socket, as a file with its mode and its owners.</summary>
internal static partial class UnixListener
{
    private const int UnchangedId = -1;
    private const int AfUnix = 1, SockStream = 1, SockCloseOnExec = 0x80000;

    /// <summary>
    /// Binds and starts to listen, so that nobody can connect before mode and owners stand: until then the file has no
    /// permission bits at all and nobody listens. A stale file is replaced, a socket that somebody serves is not.
    /// Making it under another name and renaming it was rejected: that name is what getpeername(2) and ss(8) show.
    /// </summary>
    /// <param name="path">Path of the file; missing folders are made.</param>
    /// <param name="mode">Its permissions.</param>
    /// <param name="userId">Its owner; null leaves it as created.</param>
    /// <param name="groupId">Its group; null leaves it as created.</param>
    /// <exception cref="ListenException">The path is served by another process, is no socket, or can't be made.</exception>
    public static Socket Create(string path, UnixFileMode mode, uint? userId = null, uint? groupId = null)
    {
        var full = Path.GetFullPath(path);
        ThrowIfTaken(full);

        var handle = new SafeSocketHandle(NewSocket(AfUnix, SockStream | SockCloseOnExec, 0), ownsHandle: true);
        var isBound = false;
        try
        {
            ThrowIf(handle.IsInvalid, full);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.Delete(full);

            // Linux gives the file the mode of the unbound socket (net/unix/af_unix.c, unix_bind_bsd). umask(2) would do as well,
            // but it counts for every file that any thread makes meanwhile.
            ThrowIf(ChangeMode(handle, 0) != 0, full);

            // Not Socket.Bind: such a socket deletes the file when it is closed, even if by then it is another process's.
            var address = new UnixDomainSocketEndPoint(full).Serialize();
            ThrowIf(Bind(handle, address.Buffer.Span, address.Size) != 0, full);
            isBound = true;
            if (userId is not null || groupId is not null)
                ThrowIf(ChangeOwner(full, (int?)userId ?? UnchangedId, (int?)groupId ?? UnchangedId) != 0, full);
            File.SetUnixFileMode(full, mode);

            // The kernel cuts the backlog to net.core.somaxconn (listen(2)).
            var socket = new Socket(handle);
            socket.Listen(int.MaxValue);
            return socket;
        }
        catch (Exception e)
        {
            handle.Dispose();
            if (isBound)
                File.Delete(full);
            if (e is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
                throw new ListenException($"{full}: cannot listen: {e.Message}", e);
            throw;
        }
    }

    private static void ThrowIfTaken(string path)
    {
        if (!Path.Exists(path)) return;

        if (SocketFile.Inode(path) == 0)
            throw new ListenException($"{path}: exists and is no socket; remove it or choose another path");

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.TryAgain)
        {
            // A full backlog: somebody serves it.
        }

        throw new ListenException($"{path}: another process listens there; stop it first");
    }

    private static void ThrowIf(bool failed, string path)
    {
        if (failed)
            throw new ListenException($"{path}: cannot listen: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int NewSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(SafeHandle socket, ReadOnlySpan<byte> address, int size);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    private static partial int ChangeMode(SafeHandle socket, uint mode);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, int userId, int groupId);
}
