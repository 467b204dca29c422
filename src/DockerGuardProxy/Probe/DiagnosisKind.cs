namespace DockerGuardProxy.Probe;

/// <summary>Why a container does not end.</summary>
internal enum DiagnosisKind
{
    /// <summary>/proc cannot be read, or its layout is not understood. Never evidence.</summary>
    CannotTell,

    /// <summary>
    /// SIGKILL is not due, or it has arrived and the tasks are still on their way out: nothing is wrong as far as the kernel shows.
    /// No evidence.
    /// </summary>
    Alive,

    /// <summary>SIGKILL is due but not pending: shim, runc or containerd hangs. No evidence.</summary>
    NotKilled,

    /// <summary>
    /// Every task that is no zombie has SIGKILL pending or is exiting, and at least one is in D state and has not moved between two samples.
    /// Evidence. Also when all of them are exiting and asleep (state S, no signal is looked at any more) without having moved: an init
    /// whose PID namespace can't be emptied, because a parent outside of it does not reap.
    /// </summary>
    DState,

    /// <summary>As <see cref="DState"/>, and the freezer says that the cgroup of those tasks is frozen. Evidence.</summary>
    Frozen,

    /// <summary>
    /// No task of the run is left, yet the engine says running. Evidence. Zombies that nobody reaps (the shim hangs) are no tasks that a
    /// SIGKILL could reach; they are listed.
    /// </summary>
    ExitLost,
}
