using System.Collections.Immutable;

namespace DockerGuardProxy.Configuration;

/// <summary>Where a configuration comes from, weakest source first: file, environment, command line.</summary>
internal sealed record ConfigurationSources
{
    /// <summary>The file that is read when none is named.</summary>
    public const string DefaultFile = "/etc/docker-guard-proxy/docker-guard-proxy.json";

    /// <summary>While this file exists the guard is off.</summary>
    public const string DefaultOffSwitch = "/etc/docker-guard-proxy/off";

    /// <summary>What the name of an environment variable begins with; two underscores part the levels of a key.</summary>
    public const string DefaultEnvironmentPrefix = "DOCKER_GUARD_PROXY__";

    /// <summary>Absolute path of the file.</summary>
    public string File { get; init; } = DefaultFile;

    /// <summary>True where somebody named the file: then a missing one is an error, else it means the defaults.</summary>
    public bool FileIsNamed { get; init; }

    /// <summary>Prefix of the environment variables that count. Tests, which share one environment, use prefixes of their own.</summary>
    public string EnvironmentPrefix { get; init; } = DefaultEnvironmentPrefix;

    /// <summary>Settings from the command line: keys with parts joined by dots (<c>listen.path</c>).</summary>
    public ImmutableDictionary<string, string?> CommandLine { get; init; } = ImmutableDictionary<string, string?>.Empty;

    /// <summary>Path of the file that switches the guard off.</summary>
    public string OffSwitch { get; init; } = DefaultOffSwitch;

    /// <summary>
    /// Where the last good configuration is kept; null for <c>config.last-good.json</c> in systemd's STATE_DIRECTORY if there is one (it
    /// survives a reboot, which is when a bad file is met), else beside the admin socket.
    /// </summary>
    public string? LastGood { get; init; }
}
