using System.Text.Json;
using System.Text.RegularExpressions;

namespace DockerGuardProxy.Demo.Simulation;

/// <summary>The <c>filters</c> of a list or of events: a JSON object of lists, or of objects whose keys count (moby api/types/filters).</summary>
internal sealed class EngineFilters
{
    private readonly Dictionary<string, string[]> _values = [];

    /// <exception cref="EngineException">400 for what is no such JSON.</exception>
    public static EngineFilters Parse(string text)
    {
        var filters = new EngineFilters();
        if (text.Length == 0) return filters;
        try
        {
            using var document = JsonDocument.Parse(text);
            foreach (var filter in document.RootElement.EnumerateObject())
            {
                filters._values[filter.Name] = filter.Value.ValueKind == JsonValueKind.Array
                    ? [.. filter.Value.EnumerateArray().Select(static value => value.GetString()!)]
                    : [.. filter.Value.EnumerateObject().Select(static value => value.Name)];
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new EngineException(400, "invalid filter");
        }

        return filters;
    }

    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>True if nothing is asked of the key, or one of the values is meant.</summary>
    public bool Accepts(string key, string value) => !_values.TryGetValue(key, out var wanted) || wanted.Contains(value);

    /// <summary>
    /// Whether a list shows the container: <c>id</c> is a prefix that must be unique, <c>name</c> a regular expression held against the name
    /// with and without its slash, <c>label</c> a key or key=value, <c>status</c> a state (moby daemon/list.go).
    /// </summary>
    public bool Accept(SimulatedContainer container, IReadOnlyList<SimulatedContainer> all) =>
        Any("id", prefix => all.Where(c => c.Id.StartsWith(prefix, StringComparison.Ordinal)).Take(2).ToArray() is [var only] && only == container)
        && Any("name", pattern => Regex.IsMatch(container.Name, pattern) || Regex.IsMatch(container.Name[1..], pattern))
        && Any("label", label => HasLabel(container, label))
        && Accepts("status", container.State);

    private static bool HasLabel(SimulatedContainer container, string label)
    {
        var parts = label.Split('=', 2);
        return container.Spec.Labels.TryGetValue(parts[0], out var value) && (parts.Length == 1 || parts[1] == value);
    }

    private bool Any(string key, Func<string, bool> matches) => !_values.TryGetValue(key, out var wanted) || wanted.Any(matches);
}
