namespace DockerGuardProxy.Calls;

/// <summary>Calls that pile up in the engine for the same reason and are guarded by the same rule.</summary>
internal enum Family
{
    /// <summary>Terminating calls, which wait for tasks to exit.</summary>
    Ending,

    /// <summary>Calls that wait for a container's lock.</summary>
    Lock,

    /// <summary>Calls for a container's statistics, which wait for its shim.</summary>
    Stats,

    /// <summary>Attach and exec, whose container can't end while their client does not read.</summary>
    Streams,

    /// <summary>Archive transfers, which hold their container's lock until their end.</summary>
    Transfers,
}
