namespace DockerGuardProxy.Guard;

/// <summary>Looks once more at what refusals rested on, after their container has ended.</summary>
internal interface IRefusalReview
{
    /// <summary>
    /// True where all tasks that the refusals named still wait: then they did not hold the container. Never faults; what can't be looked at
    /// proves nothing. Called outside the ledger's lock; must soon return its task.
    /// </summary>
    public Task<bool> StillWaitAsync(EndedRefusals refusals);
}
