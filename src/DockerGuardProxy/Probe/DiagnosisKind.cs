namespace DockerGuardProxy.Probe;

/// <summary>Why a container does not end.</summary>
internal enum DiagnosisKind
{
    /// <summary>/proc cannot be read, or its layout is not understood. Never evidence.</summary>
    CannotTell,

    /// <summary>At least one task can still act on a signal: nothing is wrong as far as the kernel shows. No evidence.</summary>
    Alive,

    /// <summary>SIGKILL is due but not pending: shim, runc or containerd hangs. No evidence.</summary>
    NotKilled,

    /// <summary>Every task that is no zombie has SIGKILL pending or is exiting, and a task is in D state. Evidence.</summary>
    DState,

    /// <summary>As <see cref="DState"/>, and the freezer says that the cgroup is frozen. Evidence.</summary>
    Frozen,

    /// <summary>No task of the run is left, yet the engine says running. Evidence.</summary>
    ExitLost,
}
