using System.Net.Sockets;
using System.Runtime.InteropServices;
using DockerGuardProxy.Configuration;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Listen;

/// <summary>The Unix socket that clients connect to, as a file with its mode and its owners.</summary>
internal static partial class ListenSocket
{
    private const int UnchangedId = -1;

    /// <summary>
    /// Binds and starts to listen, so that nobody can connect before mode and owners stand: until then the file has no
    /// permission bits at all and nobody listens. A stale file is replaced, a socket that somebody serves is not.
    /// Making it under another name and renaming it was rejected: that name is what getpeername(2) and ss(8) show.
    /// </summary>
    /// <param name="options">Path, mode and owners.</param>
    /// <param name="logger">Told of a group that does not exist.</param>
    /// <exception cref="ListenException">The path is served by another process, is no socket, or can't be made.</exception>
    public static Socket Create(ListenOptions options, ILogger logger)
    {
        var userId = FindOwner(options);
        var groupId = FindGroup(options, logger);
        var full = Path.GetFullPath(options.Path);
        ThrowIfTaken(full);

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.Delete(full);
            var previous = SetCreationMask(0x1FF);
            try
            {
                socket.Bind(new UnixDomainSocketEndPoint(full));
            }
            finally
            {
                _ = SetCreationMask(previous);
            }

            if ((userId is not null || groupId is not null)
                && ChangeOwner(full, (int?)userId ?? UnchangedId, (int?)groupId ?? UnchangedId) != 0)
            {
                throw new ListenException($"{full}: its owner cannot be set: {Marshal.GetLastPInvokeErrorMessage()}");
            }

            File.SetUnixFileMode(full, options.Mode);

            // The kernel cuts the backlog to net.core.somaxconn (listen(2)).
            socket.Listen(int.MaxValue);
            return socket;
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            socket.Dispose();
            throw new ListenException($"{full}: cannot listen: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static uint? FindOwner(ListenOptions options)
    {
        if (options.Owner.Length == 0) return null;

        return Account.User(options.Owner)
            ?? throw new ListenException($"listen.owner: there is no user {LogText.Escape(options.Owner)}");
    }

    private static uint? FindGroup(ListenOptions options, ILogger logger)
    {
        if (options.Group.Length == 0) return null;
        if (Account.Group(options.Group) is { } id) return id;

        // As dockerd does: its own default group may be missing, one that somebody chose may not.
        if (options.Group != ListenOptions.Default.Group)
            throw new ListenException($"listen.group: there is no group {LogText.Escape(options.Group)}");

        ListenLog.NoDefaultGroup(logger, options.Group, options.Path);
        return null;
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

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetCreationMask(uint mask);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, int userId, int groupId);
}
