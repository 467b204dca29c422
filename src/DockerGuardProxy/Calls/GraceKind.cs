namespace DockerGuardProxy.Calls;

/// <summary>The forms of a <see cref="Grace"/>.</summary>
internal enum GraceKind
{
    /// <summary>A time that the call names, zero included.</summary>
    After,

    /// <summary>No SIGKILL ever.</summary>
    Never,

    /// <summary>The container's own StopTimeout, which may be unknown.</summary>
    OfContainer,
}
