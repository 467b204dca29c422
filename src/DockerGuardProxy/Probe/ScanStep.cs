namespace DockerGuardProxy.Probe;

/// <summary>What a scan is reading.</summary>
/// <param name="Phase">Which files.</param>
/// <param name="Pid">Of which process.</param>
internal sealed record ScanStep(ScanPhase Phase, int Pid);

/// <summary>The parts of a scan that may block apart from each other.</summary>
internal enum ScanPhase
{
    /// <summary>Whose process it is: <c>cgroup</c>, and <c>stat</c> of those that hide it. Without it nothing can be told of any container.</summary>
    Membership,

    /// <summary>Which processes share a PID namespace with one that does not tell its cgroup: <c>ns/pid</c>.</summary>
    Namespaces,

    /// <summary>
    /// Its tasks: <c>stat</c> and <c>status</c>, and the freezer of its cgroup. From kernel 7.2 on, and where its change was taken over,
    /// <c>stat</c>, <c>wchan</c> and the links of <c>ns</c> block while the process hangs in its execve (do_task_stat takes exec_update_lock).
    /// </summary>
    Tasks,

    /// <summary>What a stuck task waits for: <c>wchan</c>, <c>mountinfo</c> and links. Evidence does not need it.</summary>
    Details,
}
