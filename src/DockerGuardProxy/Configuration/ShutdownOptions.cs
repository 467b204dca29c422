namespace DockerGuardProxy.Configuration;

/// <summary>The way out.</summary>
/// <param name="Drain">
/// Time that streams and slow calls get from SIGTERM on, while nobody accepts. Calls that are about to be answered get a second in any case.
/// </param>
internal sealed record ShutdownOptions(TimeSpan Drain)
{
    public static ShutdownOptions Default { get; } = new(TimeSpan.Zero);
}
