namespace DockerGuardProxy.Probe;

/// <summary>A process that somebody has named by its number.</summary>
/// <param name="Pid">The number.</param>
/// <param name="Container">
/// Full id of the container that it must be of: whoever named it may mean another pid namespace, or one whose number has another process by now.
/// Null where its start tells enough.
/// </param>
internal readonly record struct NamedProcess(int Pid, string? Container);
