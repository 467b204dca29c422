namespace DockerGuardProxy.Calls;

/// <summary>
/// How long after its arrival a terminating call lets the engine wait before SIGKILL, as far as the call itself says.
/// The ledger turns it into a kill-at.
/// </summary>
/// <param name="Kind">Which of the four forms it is.</param>
/// <param name="Delay">The time from the call to SIGKILL; zero unless <see cref="GraceKind.After"/>.</param>
internal readonly record struct Grace(GraceKind Kind, TimeSpan Delay)
{
    /// <summary>SIGKILL at once: kill and forced removal.</summary>
    public static Grace None { get; } = new(GraceKind.After, TimeSpan.Zero);

    /// <summary>SIGKILL never comes: <c>t</c> below zero.</summary>
    public static Grace Never { get; } = new(GraceKind.Never, TimeSpan.Zero);

    /// <summary>The call has no <c>t</c>: the container's own StopTimeout counts.</summary>
    public static Grace OfContainer { get; } = new(GraceKind.OfContainer, TimeSpan.Zero);

    /// <summary>SIGKILL after <paramref name="delay"/>.</summary>
    public static Grace After(TimeSpan delay) => new(GraceKind.After, delay);
}

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
