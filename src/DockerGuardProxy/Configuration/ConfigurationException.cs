using System.Collections.Immutable;

namespace DockerGuardProxy.Configuration;

/// <summary>The daemon can't start: it does not know where to listen or where its engine is. The process ends with exit code 2.</summary>
internal sealed class ConfigurationException(ImmutableArray<ConfigurationError> errors)
    : Exception("The configuration of 'listen' or 'engine' is not valid: " + string.Join("; ", errors))
{
    /// <summary>Exit code of a process whose configuration can't be used.</summary>
    public const int ExitCode = 2;

    /// <summary>Everything that is wrong, not only what is fatal.</summary>
    public ImmutableArray<ConfigurationError> Errors { get; } = errors;
}
