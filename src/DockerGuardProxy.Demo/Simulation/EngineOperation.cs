namespace DockerGuardProxy.Demo.Simulation;

/// <summary>The calls that the simulated engine knows.</summary>
internal enum EngineOperation
{
    Ping,
    Version,
    Info,
    Events,
    List,
    Inspect,
    Top,
    Stats,
    Attach,
    Create,
    Start,
    Stop,
    Kill,
    Restart,
    Remove,
    Rename,
    Pause,
}
