namespace DockerGuardProxy.Guard;

/// <summary>How much the guard may do.</summary>
internal enum GuardMode
{
    /// <summary>Nothing is decided and nothing is kept; every call is forwarded.</summary>
    Off,

    /// <summary>Decided and reported, and forwarded all the same.</summary>
    Observe,

    /// <summary>Decided and carried out.</summary>
    Enforce,
}
