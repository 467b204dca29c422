namespace DockerGuardProxy.Calls;

/// <summary>Calls that pile up in the engine for the same reason and are guarded by the same rule.</summary>
internal enum Family
{
    /// <summary>Terminating calls, which wait for tasks to exit.</summary>
    Ending,
}
