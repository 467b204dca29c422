namespace DockerGuardProxy.Demo.Simulation;

/// <summary>Where a container's processes can be seen, such as a /proc of its own. Called from any thread.</summary>
internal interface IContainerProcesses
{
    /// <summary>A run has begun.</summary>
    public void Started(SimulatedContainer container);

    /// <summary>A signal has been sent to process 1, which runs on or can't take it yet.</summary>
    public void Signalled(SimulatedContainer container, int signal);

    /// <summary>A task has entered uninterruptible sleep.</summary>
    public void Frozen(SimulatedContainer container);

    /// <summary>It has left it, and runs on.</summary>
    public void Thawed(SimulatedContainer container);

    /// <summary>The run has ended.</summary>
    public void Ended(SimulatedContainer container);
}
