namespace DockerGuardProxy.Probe;

/// <summary>Whom a probe asks about: one life of a container.</summary>
/// <param name="Id">Full id, 64 lower-case hexadecimal digits.</param>
/// <param name="Number">
/// Any number that is another one for each run of the container. What was seen of one run must not prove anything about the next.
/// </param>
/// <param name="InitPid">
/// Host pid of the container's init, from an inspect made in this run; null if unknown. It must be of this run: that it is gone counts as
/// proof that the run has ended.
/// </param>
/// <param name="KillDue">Whether the engine should have sent SIGKILL by now. Without it there is no evidence.</param>
internal sealed record ContainerRun(string Id, long Number, int? InitPid, bool KillDue);
