using System.CommandLine;
using DockerGuardProxy.Configuration;

namespace DockerGuardProxy.Commands;

/// <summary><c>--config FILE</c>, for every command that reads the configuration by itself.</summary>
internal static class ConfigOption
{
    /// <param name="description">What the file is to the command.</param>
    public static Option<string?> Create(string description) => new("--config")
    {
        Description = $"{description} [default: {ConfigurationSources.DefaultFile}]",
        HelpName = "FILE",
    };

    /// <summary>The sources with the file in place, if one is named.</summary>
    public static ConfigurationSources Name(this ConfigurationSources sources, string? file) =>
        file is null ? sources : sources with { File = Path.GetFullPath(file), FileIsNamed = true };
}
