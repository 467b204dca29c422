namespace DockerGuardProxy.Configuration;

/// <summary>How much the guard does. Ordered: a higher mode does more.</summary>
internal enum GuardMode
{
    /// <summary>Every call passes, nothing is decided.</summary>
    Off,

    /// <summary>Decide and report, forward all the same.</summary>
    Observe,

    /// <summary>Decide and act.</summary>
    Enforce,
}
