namespace DockerGuardProxy.Configuration;

/// <summary>The way out.</summary>
/// <param name="Drain">Time that running calls get from SIGTERM on, before streams are closed.</param>
internal sealed record ShutdownOptions(TimeSpan Drain)
{
    public static ShutdownOptions Default { get; } = new(TimeSpan.FromSeconds(10));
}
