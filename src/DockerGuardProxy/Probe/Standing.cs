namespace DockerGuardProxy.Probe;

/// <summary>What a cheap look says of the last whole one.</summary>
internal enum Standing
{
    /// <summary>No witness is as it was, or nothing could be read: only a whole look can tell.</summary>
    Fallen,

    /// <summary>One is not as it was, another is: the diagnosis holds, but what is told of it may have changed.</summary>
    Shaken,

    /// <summary>As it was.</summary>
    Stands,
}
