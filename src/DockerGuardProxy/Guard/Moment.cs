namespace DockerGuardProxy.Guard;

/// <summary>When something happened.</summary>
/// <param name="Now">Time on the ledger's clock.</param>
/// <param name="UtcNow">The wall clock, for texts only.</param>
internal readonly record struct Moment(TimeSpan Now, DateTimeOffset UtcNow);
