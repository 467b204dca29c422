using System.Text.Json;
using System.Text.RegularExpressions;
using DockerGuardProxy.EngineTests.Lab;
using DockerGuardProxy.Telemetry;

namespace DockerGuardProxy.EngineTests.Telemetry;

/// <summary>The queries of the alert rules and of the Grafana dashboard that ship.</summary>
internal static partial class ShippedQueries
{
    private static readonly HashSet<string> Labels =
        new[] { Keys.Operation, Keys.Decision, Keys.Diagnosis, Keys.LeaksForEver }.Select(key => key.Replace('.', '_')).ToHashSet();

    // No series before the first, and there should be no first.
    private static readonly HashSet<string> Rare =
        ["docker_guard_refusals_wrong_total", "docker_guard_streams_stalled", "docker_guard_lock_since_seconds"];

    /// <summary>Folder of both.</summary>
    public static string Folder { get; } = Path.Combine(Machine.Repository, "docs/monitoring");

    /// <summary>Every one of them, with Grafana's variables filled in.</summary>
    public static IReadOnlyList<string> All() => [.. Alerts(), .. Panels()];

    /// <summary>The metrics that a query names and every incident has.</summary>
    public static IEnumerable<string> Metrics(string query) =>
        Name().Matches(query).Select(match => match.Value).Where(name => !Labels.Contains(name) && !Rare.Contains(name));

    private static IEnumerable<string> Alerts() => Expression().Matches(File.ReadAllText(Path.Combine(Folder, "alerts.yaml")))
        .Select(match => string.Join(' ', match.Groups[1].Value.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));

    private static IEnumerable<string> Panels()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "grafana-dashboard.json")));
        return
        [
            .. json.RootElement.GetProperty("panels").EnumerateArray()
                .SelectMany(panel => AspireDashboard.Items(panel, "targets"))
                .Select(
                    target => target.GetProperty("expr").GetString()!.Replace("$__rate_interval", "1m", StringComparison.Ordinal)
                        .Replace("$instance", ".*", StringComparison.Ordinal)),
        ];
    }

    // A block scalar: every line that is indented deeper than its key.
    [GeneratedRegex(@"^        expr: \|\n((?:          .*\n)+)", RegexOptions.Multiline)]
    private static partial Regex Expression();

    [GeneratedRegex("docker_guard_[a-z_]+")]
    private static partial Regex Name();
}
