namespace DockerGuardProxy.Listen;

/// <summary>The callers of guarded calls, for the server's stop.</summary>
internal interface IGuardedCallers
{
    /// <summary>True while one of them has not been answered.</summary>
    public bool Any { get; }

    /// <summary>
    /// The process ends: tells them to ask again. Those whose call is with the engine are told only with <paramref name="all"/>; it stays there.
    /// </summary>
    public void TurnAway(bool all);
}
