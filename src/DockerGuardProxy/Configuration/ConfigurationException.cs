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

/// <summary>One thing that is wrong with a configuration. Both parts are escaped: printable ASCII on one line.</summary>
/// <param name="Key">The setting, parts joined by dots (<c>guard.backoff[1]</c>); empty where the file as a whole is meant.</param>
/// <param name="Message">What is wrong and what would be right.</param>
internal sealed record ConfigurationError(string Key, string Message)
{
    /// <summary>The first part of the key (<c>guard</c>); empty where the file as a whole is meant.</summary>
    public string Section => Key.Split('.', 2)[0];

    /// <inheritdoc/>
    public override string ToString() => Key.Length == 0 ? Message : $"{Key}: {Message}";
}
