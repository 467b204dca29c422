namespace DockerGuardProxy.Demo.Simulation;

/// <summary>An exit to come.</summary>
/// <param name="Run">Of which run.</param>
/// <param name="Code">Exit code.</param>
/// <param name="Delay">In how long.</param>
internal sealed record ContainerExit(ContainerRun Run, int Code, TimeSpan Delay);
