using DockerGuardProxy.Text;
using Microsoft.Extensions.Configuration;

namespace DockerGuardProxy.Configuration;

/// <summary>Every key that there is; whatever else a configuration says is a mistake.</summary>
/// <param name="keys">The keys, parts joined by dots, and whether other keys stand below them.</param>
internal sealed class KnownKeys(IEnumerable<(string Key, bool IsSection)> keys)
{
    /// <summary>Parts joined by colons, as Microsoft.Extensions.Configuration does.</summary>
    private readonly Dictionary<string, bool> _isSection =
        keys.ToDictionary(known => known.Key.Replace('.', ':'), known => known.IsSection, StringComparer.OrdinalIgnoreCase);

    /// <summary>Lists the keys that do not exist, each with the one that was probably meant.</summary>
    public IEnumerable<ConfigurationError> Unknown(IConfiguration section, string path = "")
    {
        foreach (var child in section.GetChildren())
        {
            var full = path.Length == 0 ? child.Key : $"{path}:{child.Key}";
            if (!_isSection.TryGetValue(full, out var isSection))
            {
                // The parent is a known section: its own spelling, not that of an environment variable.
                var key = LogText.Escape(full.Replace(':', '.'));
                yield return new ConfigurationError(key, "unknown key" + Suggestion(path, child.Key));
            }
            else if (isSection)
            {
                foreach (var error in Unknown(child, Spelling(full)))
                    yield return error;
            }
        }
    }

    private string Spelling(string path) => _isSection.Keys.First(k => k.Equals(path, StringComparison.OrdinalIgnoreCase));

    private string Suggestion(string path, string name)
    {
        // A neighbour first; else the same name elsewhere, for a key that stands in the wrong section.
        var prefix = path.Length == 0 ? "" : path + ":";
        var neighbours = _isSection.Keys.Where(k => k.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).Select(k => k[prefix.Length..])
            .Where(k => !k.Contains(':'));
        var meant = NearestKey.Find(name, neighbours) is { } neighbour
            ? prefix + neighbour
            : _isSection.Keys.FirstOrDefault(k => k.EndsWith(":" + name, StringComparison.OrdinalIgnoreCase));
        return meant is null ? "" : $"; did you mean {meant.Replace(':', '.')}?";
    }
}
