namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>What is done to an engine, its proxy or their machine.</summary>
internal enum ChaosKind
{
    /// <summary>A container's task sleeps in D state on a frozen file system while it is to be stopped; then the thaw.</summary>
    DState,

    /// <summary>A container's shim is stopped while its callers ask.</summary>
    StoppedShim,

    /// <summary>A client does not read its attach while the container is killed.</summary>
    UnreadAttach,

    /// <summary>Clients go in the middle of calls.</summary>
    VanishingClients,

    /// <summary>dockerd is killed and started again.</summary>
    EngineKilled,

    /// <summary>containerd is stopped for a while.</summary>
    ContainerdStopped,

    /// <summary>The proxy is killed and started again.</summary>
    ProxyKilled,

    /// <summary>The proxy is told to end, and started again.</summary>
    ProxyRestarted,

    /// <summary>The configuration is damaged, and mended.</summary>
    ConfigurationBroken,

    /// <summary>The guard only observes for a while.</summary>
    Observed,

    /// <summary>Telemetry goes where nobody listens.</summary>
    ExporterDead,

    /// <summary>There is no room for the proxy's state.</summary>
    StateFull,

    /// <summary>The proxy's state can't be written.</summary>
    StateReadOnly,

    /// <summary>The proxy may open few more descriptors.</summary>
    FewDescriptors,
}
