namespace DockerGuardProxy.Calls;

/// <summary>Calls whose bytes may wait for their client, while something in the engine waits for them to go.</summary>
internal enum StreamKind
{
    /// <summary>A container's own streams: it can't end while its output is not taken.</summary>
    Attach,

    /// <summary>Those of an exec: neither it nor what follows in its container's queue can end.</summary>
    Exec,

    /// <summary>An archive from a container, whose lock is held until it is taken whole.</summary>
    Download,

    /// <summary>An archive into a container, whose lock is held until it has come whole.</summary>
    Upload,

    /// <summary>The engine's events: while they are not taken, each of the node takes 100 ms more.</summary>
    Events,
}
