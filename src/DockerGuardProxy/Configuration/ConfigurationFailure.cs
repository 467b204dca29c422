using System.Collections.Immutable;

namespace DockerGuardProxy.Configuration;

/// <summary>A configuration that was asked for and is not valid.</summary>
/// <param name="Time">When it was seen.</param>
/// <param name="Errors">Everything that is wrong with it.</param>
internal sealed record ConfigurationFailure(DateTimeOffset Time, ImmutableArray<ConfigurationError> Errors);
