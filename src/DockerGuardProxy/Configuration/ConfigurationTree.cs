using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace DockerGuardProxy.Configuration;

/// <summary>
/// File, environment and command line laid over one another, with the knowledge of which of them said what, so that an error can name
/// the place to look at.
/// </summary>
/// <remarks>
/// A list is taken whole from the strongest source that sets any of it. The merge by index that Microsoft.Extensions.Configuration does
/// would leave the tail of a longer list of the file behind a shorter one of the environment.
/// </remarks>
internal sealed class ConfigurationTree
{
    /// <summary>Strongest first. The name is empty for the file, whose path stands above all errors anyway.</summary>
    private readonly ImmutableArray<(string Source, IConfigurationProvider Provider)> _layers;

    private ConfigurationTree(IConfigurationRoot root, IEnumerable<string> sources)
    {
        Root = root;
        _layers = [.. sources.Zip(root.Providers).Reverse()];
    }

    /// <summary>The same layers as the library sees them.</summary>
    public IConfigurationRoot Root { get; }

    /// <summary>Builds the tree; <paramref name="json"/> is the file's content, null for none.</summary>
    /// <exception cref="FormatException">The JSON can't be parsed, or names a key twice.</exception>
    public static ConfigurationTree Build(byte[]? json, string? environmentPrefix, IReadOnlyDictionary<string, string?> commandLine)
    {
        var builder = new ConfigurationBuilder();
        var names = new List<string>();
        if (json is not null)
        {
            builder.AddJsonStream(new MemoryStream(json));
            names.Add("");
        }

        if (environmentPrefix is not null)
        {
            builder.AddEnvironmentVariables(environmentPrefix);
            names.Add("environment");
        }

        builder.AddInMemoryCollection(commandLine.Select(p => KeyValuePair.Create(p.Key.Replace('.', ':'), p.Value)));
        names.Add("command line");
        try
        {
            return new ConfigurationTree(builder.Build(), names);
        }
        catch (JsonException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <summary>The value at a path, null for none; where it is from; and whether there is a section instead of a value.</summary>
    public (string? Value, string Source, bool IsSection) Value(string path)
    {
        foreach (var (source, provider) in _layers)
        {
            if (provider.TryGet(path, out var value))
                return (value, source, false);
            if (provider.GetChildKeys([], path).Any())
                return (null, source, true);
        }

        return (null, "", false);
    }

    /// <summary>The entries of a list, null where nothing is said; commas part them where a source can only give one text.</summary>
    public (IReadOnlyList<string?>? Entries, string Source) List(string path)
    {
        foreach (var (source, provider) in _layers)
        {
            if (provider.TryGet(path, out var text))
                return (text?.Split(',', StringSplitOptions.TrimEntries), source);
            var keys = provider.GetChildKeys([], path).Distinct().ToArray();
            if (keys.Length > 0)
                return ([.. keys.Select(k => provider.TryGet($"{path}:{k}", out var value) ? value : null)], source);
        }

        return (null, "");
    }

    /// <summary>
    /// The entries of an object with names of its own, null where nothing is said; commas and equal signs part them where a source can only give
    /// one text. An entry is null where it is no text.
    /// </summary>
    public (IReadOnlyList<(string Name, string? Value)>? Entries, string Source) Map(string path)
    {
        foreach (var (source, provider) in _layers)
        {
            var names = provider.GetChildKeys([], path).Distinct().ToArray();
            if (names.Length > 0)
                return ([.. names.Select(name => (name, provider.TryGet($"{path}:{name}", out var value) ? value : null))], source);
            if (provider.TryGet(path, out var text))
                return (Parted(text), source);
        }

        return (null, "");

        static (string, string?)[] Parted(string? text) =>
        [
            .. (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(entry => entry.Split('=', 2) is [var name, var value] ? (name, value) : (entry, "")),
        ];
    }
}
