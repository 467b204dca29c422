using System.Collections.Immutable;

namespace DockerGuardProxy.Configuration;

/// <summary>A configuration as read, right or wrong.</summary>
/// <param name="Configuration">The options; a setting that is wrong has its default here.</param>
/// <param name="Errors">Everything that is wrong.</param>
/// <param name="FileIsUsable">False where there was no JSON to read: missing though named, unreadable, or not to be parsed.</param>
internal sealed record LoadedConfiguration(
    ProxyConfiguration Configuration, ImmutableArray<ConfigurationError> Errors, bool FileIsUsable)
{
    /// <summary>True where nothing is wrong.</summary>
    public bool IsValid => Errors.IsEmpty;
}
