namespace DockerGuardProxy.Engine;

/// <summary>
/// Hears what happens to containers, one call at a time and in order, on any thread, never under a lock of the index. Must not block:
/// whatever comes after waits. An exception is logged and otherwise ignored.
/// </summary>
internal interface IContainerEvents
{
    /// <summary>A run began, or one was found that is already under way.</summary>
    public void RunStarted(Container container);

    /// <summary>The run ended (<c>die</c>, or found ended). Comes before <see cref="Removed"/> if the container ran.</summary>
    public void RunEnded(Container container);

    /// <summary>The container's own name changed.</summary>
    public void Renamed(Container container, string? formerName);

    /// <summary>The container is gone. Its id never comes back.</summary>
    public void Removed(Container container);

    /// <summary>The engine sent the signal to the container, for whoever asked but a swarm's agent inside it. May be lost in a gap.</summary>
    /// <param name="container">The container.</param>
    /// <param name="signal">A number as text, usually.</param>
    /// <param name="at">When, by the engine's wall clock.</param>
    public void Killed(Container container, string? signal, DateTimeOffset at);

    /// <summary>
    /// The engine's process is another one than before (or may be, where its identity can't be read and its stream broke).
    /// Comes before the changes that the new engine's list shows.
    /// </summary>
    public void EngineRestarted();
}
