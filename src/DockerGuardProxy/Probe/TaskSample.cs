namespace DockerGuardProxy.Probe;

/// <summary>One task (thread) at one moment.</summary>
/// <param name="Pid">Thread group id.</param>
/// <param name="Tid">Thread id.</param>
/// <param name="Start">Start time in clock ticks since boot: with the tid it names a task for ever.</param>
/// <param name="Comm">Name, printable ASCII.</param>
/// <param name="State">State letter of proc_pid_stat(5).</param>
/// <param name="KillPending">SIGKILL is pending for the task or its group.</param>
/// <param name="Exiting">PF_EXITING: the task has begun to exit and looks at no signal any more.</param>
/// <param name="IsNamespaceInit">It is process 1 of a PID namespace below the host's.</param>
/// <param name="Switches">Context switches so far, voluntary and not.</param>
/// <param name="Frozen">The freezer says that its cgroup is frozen.</param>
internal readonly record struct TaskSample(
    int Pid,
    int Tid,
    ulong Start,
    string Comm,
    char State,
    bool KillPending,
    bool Exiting,
    bool IsNamespaceInit,
    ulong Switches,
    bool Frozen = false)
{
    /// <summary>Neither a zombie nor dead: something that can keep the container from ending.</summary>
    public bool IsLive => State is not ('Z' or 'X' or 'x');

    /// <summary>One more SIGKILL changes nothing for it.</summary>
    public bool IsDoomed => KillPending || Exiting;

    /// <summary>It is the same task, asleep, and has not run since <paramref name="before"/>.</summary>
    public bool IsWhere(TaskSample before) =>
        Tid == before.Tid && Start == before.Start && State == before.State && State != 'R' && Switches == before.Switches;
}
