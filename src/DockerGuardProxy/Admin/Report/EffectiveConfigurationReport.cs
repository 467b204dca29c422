using System.Collections;
using System.Text.Json;
using DockerGuardProxy.Configuration;

namespace DockerGuardProxy.Admin.Report;

/// <summary>The answer of <c>GET /v1/configuration</c>: every setting as it is in force, without secrets.</summary>
/// <param name="Version">Of this format, by the rule of <see cref="StatusReport"/>.</param>
/// <param name="Source"><c>proxy</c>: what a running proxy uses; <c>file</c>: what a start would read.</param>
/// <param name="File">Path of the file.</param>
/// <param name="Configuration">Defaults, file, environment and command line, in the form of the file.</param>
/// <param name="Environment">Variables that bear on it: <c>OTEL_*</c>, <c>*_PROXY</c> and <c>DOCKER_GUARD_PROXY__*</c>, by name.</param>
/// <param name="Errors">What is wrong with what is asked, each with its key.</param>
internal sealed record EffectiveConfigurationReport(
    int Version,
    string Source,
    string File,
    JsonElement Configuration,
    IReadOnlyList<VariableReport> Environment,
    IReadOnlyList<string> Errors)
{
    /// <summary>The format that this program writes and reads.</summary>
    public const int FormatVersion = 1;

    /// <summary>Takes the secrets out.</summary>
    /// <param name="source">Where it is from.</param>
    /// <param name="file">Path of the file.</param>
    /// <param name="configuration">What is in force.</param>
    /// <param name="environment">Every variable of the process.</param>
    /// <param name="errors">What is wrong.</param>
    public static EffectiveConfigurationReport Of(
        string source, string file, ProxyConfiguration configuration, IDictionary environment, IEnumerable<ConfigurationError> errors)
    {
        using var json = JsonDocument.Parse(ConfigurationJson.Write(configuration, withSecrets: false));
        return new EffectiveConfigurationReport(
            FormatVersion,
            source,
            file,
            json.RootElement.Clone(),
            [
                .. environment.Cast<DictionaryEntry>()
                    .Select(variable => ((string)variable.Key, (string)(variable.Value ?? "")))
                    .Where(variable => Bears(variable.Item1))
                    .OrderBy(variable => variable.Item1, StringComparer.Ordinal)
                    .Select(variable => new VariableReport(variable.Item1, Redaction.Variable(variable.Item1, variable.Item2))),
            ],
            [.. errors.Select(error => Redaction.Text(error.ToString()))]);
    }

    private static bool Bears(string name) =>
        name.StartsWith("OTEL_", StringComparison.Ordinal)
        || name.StartsWith(ConfigurationSources.DefaultEnvironmentPrefix, StringComparison.OrdinalIgnoreCase)
        || name.EndsWith("_PROXY", StringComparison.OrdinalIgnoreCase);
}

/// <summary>A variable of the proxy's environment that bears on it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, where the name says that it holds no secret; else <c>REDACTED</c>.</param>
internal sealed record VariableReport(string Name, string Value);
