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

    /// <summary>The proxy's file is replaced while it runs, and the proxy restarted from it.</summary>
    ProxyUpgraded,

    /// <summary>The policies are switched again and again.</summary>
    PoliciesSwitched,

    /// <summary>A client leaves its copy into a container lying while others ask for that container.</summary>
    TransferLeft,

    /// <summary>A container's shim is stopped while callers ask that are to be told instead of waiting.</summary>
    LockTold,

    /// <summary>The proxy's wall clock jumps, forth and back.</summary>
    ClockStepped,
}
