namespace DockerGuardProxy.Probe;

/// <summary>A process of a container.</summary>
/// <param name="Pid">Thread group id.</param>
/// <param name="Start">Start time in clock ticks since boot, so that a pid used again is not taken for it.</param>
/// <param name="FreezerPath">Its path in the hierarchy that can freeze it; null if unknown.</param>
/// <param name="Unified">Whether that hierarchy is cgroup v2.</param>
internal readonly record struct Member(int Pid, ulong Start, string? FreezerPath, bool Unified);
