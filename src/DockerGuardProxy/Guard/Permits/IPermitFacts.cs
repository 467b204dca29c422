namespace DockerGuardProxy.Guard.Permits;

/// <summary>What others know of a container; asked outside of every lock.</summary>
internal interface IPermitFacts
{
    /// <summary>Its name and pod; null where nobody knows it any more.</summary>
    public GuardedContainer? Find(string id);

    /// <summary>The terminating call that is with the engine for the longest; null for none. It may hold the lock, too.</summary>
    public SuspectedHolder? OldestEnding(string id);
}
