using System.Collections.Immutable;
using DockerGuardProxy.Files;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Configuration;

/// <summary>From bytes to options: lays the sources over one another, reads and checks them.</summary>
internal static class ConfigurationLoader
{
    /// <summary>Reads <paramref name="file"/> under the environment and the command line.</summary>
    public static LoadedConfiguration Load(ConfigurationSources sources, FileContent file)
    {
        if (file.Error is null)
            return Load(file.Bytes, sources.File, sources.EnvironmentPrefix, sources.CommandLine);

        var above = Load(null, sources.File, sources.EnvironmentPrefix, sources.CommandLine);
        if (file.IsMissing && !sources.FileIsNamed)
            return above;
        var error = new ConfigurationError("", $"{LogText.Escape(sources.File, 4096)}: cannot be read: {file.Error}");
        return above with { Errors = above.Errors.Insert(0, error), FileIsUsable = false };
    }

    /// <summary>Reads a file alone, as the last good one is.</summary>
    public static LoadedConfiguration LoadAlone(byte[] json, string path) =>
        Load(json, path, null, ImmutableDictionary<string, string?>.Empty);

    private static LoadedConfiguration Load(
        byte[]? json, string path, string? environmentPrefix, ImmutableDictionary<string, string?> commandLine)
    {
        try
        {
            var (configuration, errors) = OptionsReader.Read(ConfigurationTree.Build(json, environmentPrefix, commandLine));
            return new LoadedConfiguration(configuration, errors, FileIsUsable: true);
        }
        catch (FormatException e)
        {
            var error = new ConfigurationError("", $"{LogText.Escape(path, 4096)}: {Explain(json, e)}");
            var above = Load(null, path, environmentPrefix, commandLine);
            return above with { Errors = above.Errors.Insert(0, error), FileIsUsable = false };
        }
    }

    private static string Explain(byte[]? json, FormatException e) =>
        json is null or [] ? "is empty" : "cannot be parsed: " + LogText.Escape(e.Message, 400);
}
