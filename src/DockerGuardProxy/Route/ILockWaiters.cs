namespace DockerGuardProxy.Route;

/// <summary>Tells whether somebody waits for a container's lock.</summary>
internal interface ILockWaiters
{
    /// <summary>True if calls for the container have been unanswered for longer than they take.</summary>
    public bool Any(string containerId);
}
