namespace DockerGuardProxy.Probe;

/// <summary>Where the kernel's files are.</summary>
/// <param name="Proc">Folder of procfs: <c>/proc</c>, or a tree of a test.</param>
/// <param name="MountPrefix">Put before the mount points of cgroup hierarchies; empty outside of tests.</param>
internal sealed record ProcRoot(string Proc = "/proc", string MountPrefix = "");
