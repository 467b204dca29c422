namespace DockerGuardProxy.Admin.Doctor;

/// <summary>A socket that the proxy should serve.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Exists">There is a socket.</param>
/// <param name="Listeners">Who holds the listening end; null where it can't be told.</param>
internal sealed record ServedSocket(string Path, bool Exists, IReadOnlyList<SeenProcess>? Listeners);
