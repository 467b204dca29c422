namespace DockerGuardProxy.Engine;

/// <summary>Something that happened to a container, to be told to <see cref="IContainerEvents"/>.</summary>
/// <param name="Kind">What.</param>
/// <param name="Container">The container after it; before it, for <see cref="ContainerChangeKind.Removed"/>.</param>
/// <param name="Detail">The signal of a kill, the former name of a rename.</param>
/// <param name="At">When, by the engine's wall clock; of a kill alone.</param>
internal readonly record struct ContainerChange(ContainerChangeKind Kind, Container Container, string? Detail = null, DateTimeOffset At = default);

/// <summary>The kinds of <see cref="ContainerChange"/>.</summary>
internal enum ContainerChangeKind
{
    RunStarted,
    RunEnded,
    Renamed,
    Removed,
    Killed,
}
