namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>What a kind of chaos lets other callers notice, whom it is not about.</summary>
[Flags]
internal enum Trouble
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The engine is not there: 502, broken connections, and containers that have ended.</summary>
    EngineAway = 1,

    /// <summary>The engine answers late, or with errors of its own.</summary>
    EngineSlow = 2,

    /// <summary>The proxy is not there: broken connections, and "ask again" where it was told to end.</summary>
    ProxyAway = 4,

    /// <summary>The proxy can't open what it needs: connections wait, break, or read 502.</summary>
    NoDescriptors = 8,
}

/// <summary>The table of what chaos lets others notice.</summary>
internal static class Troubles
{
    /// <summary>What others may notice of it.</summary>
    public static Trouble Of(ChaosKind kind) => kind switch
    {
        ChaosKind.EngineKilled => Trouble.EngineAway | Trouble.EngineSlow,
        ChaosKind.ContainerdStopped => Trouble.EngineSlow,
        // A change of the exporter needs a restart of the proxy, and so does what shows whether its state was kept.
        ChaosKind.ProxyKilled or ChaosKind.ProxyRestarted or ChaosKind.ExporterDead or ChaosKind.ProxyUpgraded => Trouble.ProxyAway,
        ChaosKind.FewDescriptors => Trouble.NoDescriptors,
        _ => Trouble.None,
    };
}
