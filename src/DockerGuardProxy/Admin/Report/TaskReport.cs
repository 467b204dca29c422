using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Admin.Report;

/// <summary>A task (thread) that holds a container.</summary>
/// <param name="Pid">Process id, as seen from the host.</param>
/// <param name="Tid">Thread id.</param>
/// <param name="Comm">Its name.</param>
/// <param name="State">State letter of proc_pid_stat(5).</param>
/// <param name="Wchan">Kernel function it sleeps in; null if the kernel does not tell.</param>
/// <param name="FileSystem">Type and source of the file system it waits for; null if it can't be told.</param>
internal sealed record TaskReport(int Pid, int Tid, string Comm, string State, string? Wchan, string? FileSystem)
{
    public static TaskReport Of(StuckTask task) => new(
        task.Pid, task.Tid, task.Comm, task.State.ToString(), task.Wchan.Length > 0 ? task.Wchan : null, task.FileSystem);
}
