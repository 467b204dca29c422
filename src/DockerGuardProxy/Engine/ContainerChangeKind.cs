namespace DockerGuardProxy.Engine;

/// <summary>The kinds of <see cref="ContainerChange"/>.</summary>
internal enum ContainerChangeKind
{
    RunStarted,
    RunEnded,
    Renamed,
    Removed,
    Killed,
}
