namespace DockerGuardProxy.Probe;

/// <summary>A task (thread) that SIGKILL cannot end.</summary>
/// <param name="Pid">Thread group id, as seen from the host.</param>
/// <param name="Tid">Thread id.</param>
/// <param name="Start">Start time in clock ticks since boot (proc_pid_stat(5)): with the tid it names a task for ever.</param>
/// <param name="Comm">Name of the task, escaped: printable ASCII only.</param>
/// <param name="State">State letter of proc_pid_stat(5), <c>D</c> for uninterruptible sleep.</param>
/// <param name="Wchan">Kernel function it sleeps in; empty if the kernel does not tell.</param>
/// <param name="FileSystem">File system type and source it waits for (<c>nfs server:/export</c>); null if it can't be told.</param>
internal sealed record StuckTask(int Pid, int Tid, ulong Start, string Comm, char State, string Wchan, string? FileSystem)
{
    /// <summary>True for the same task at another time, whatever it does now.</summary>
    public bool IsSameAs(StuckTask other) => (Pid, Tid, Start) == (other.Pid, other.Tid, other.Start);
}
