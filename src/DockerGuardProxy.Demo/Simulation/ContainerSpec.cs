using System.Collections.Immutable;

namespace DockerGuardProxy.Demo.Simulation;

/// <summary>What a container is created from.</summary>
internal sealed record ContainerSpec
{
    /// <summary>Without a slash; empty for one that the engine makes up.</summary>
    public string Name { get; init; } = "";

    public string Image { get; init; } = "busybox";

    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>As written by the client; null for SIGTERM.</summary>
    public string? StopSignal { get; init; }

    /// <summary>Seconds, below zero for ever; null for the engine's 10.</summary>
    public int? StopTimeout { get; init; }

    /// <summary>Removed when it exits (<c>docker run --rm</c>).</summary>
    public bool AutoRemove { get; init; }

    /// <summary>Its process 1 has no handler for the stop signal, which the kernel then does not deliver to it.</summary>
    public bool IgnoresStopSignal { get; init; }

    /// <summary>
    /// Its process 1 writes the numbers 1, 2, 3 … to whoever is attached, a line each, as fast as they are taken. It has a terminal: there are no
    /// frames.
    /// </summary>
    public bool Writes { get; init; }

    /// <summary>How long it takes to end after its stop signal.</summary>
    public TimeSpan ExitDelay { get; init; }
}
