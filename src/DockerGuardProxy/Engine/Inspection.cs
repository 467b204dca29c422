namespace DockerGuardProxy.Engine;

/// <summary>What an inspect tells of a container, dockerd's defaults filled in.</summary>
/// <param name="Id">The full id.</param>
/// <param name="StopTimeout">Seconds; below zero never ends.</param>
/// <param name="StopSignal">Upper case, without <c>SIG</c>.</param>
/// <param name="Pid">The init process, in the engine's pid namespace; null when it does not run.</param>
/// <param name="LogDriver">Name of its log driver; null where the engine does not say.</param>
internal sealed record Inspection(string Id, long StopTimeout, string StopSignal, int? Pid, string? LogDriver = null);
