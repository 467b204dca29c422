namespace DockerGuardProxy.Configuration;

/// <summary>The socket that clients use. A change needs a restart.</summary>
/// <param name="Path">Absolute path, at most 107 bytes (unix(7)).</param>
/// <param name="Mode">Permissions of the socket file.</param>
/// <param name="Owner">User name or number; empty leaves the owner as created.</param>
/// <param name="Group">Group name or number; empty leaves the group as created.</param>
internal sealed record ListenOptions(string Path, UnixFileMode Mode, string Owner, string Group)
{
    /// <summary>Mode and group match what Debian's docker.socket gives the engine's own socket.</summary>
    public static ListenOptions Default { get; } = new(
        "/run/docker-guard-proxy/docker.sock",
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite,
        Owner: "",
        Group: "docker");
}
