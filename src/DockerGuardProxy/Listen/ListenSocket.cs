using System.Net.Sockets;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Text;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Listen;

/// <summary>The Unix socket that clients connect to.</summary>
internal static class ListenSocket
{
    /// <summary>Binds and starts to listen, as <see cref="UnixListener.Create"/> does it.</summary>
    /// <param name="options">Path, mode and owners.</param>
    /// <param name="logger">Told of a group that does not exist.</param>
    /// <exception cref="ListenException">
    /// There is no such owner or group, or the path is served by another process, is no socket, or can't be made.
    /// </exception>
    public static Socket Create(ListenOptions options, ILogger logger) =>
        UnixListener.Create(options.Path, options.Mode, FindOwner(options), FindGroup(options, logger));

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
}
