using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Configuration;

/// <summary>Reads one key from all sources and lists what is wrong with it.</summary>
/// <remarks>
/// Written by hand rather than bound by ConfigurationBinder: that one stops at the first value it can't convert, and the user of a
/// node daemon wants all errors at once, each with its key.
/// </remarks>
internal sealed class SettingReader(ConfigurationTree tree, string key, List<ConfigurationError> errors)
{
    /// <summary>A longer list than anybody retries.</summary>
    public const int MaxEntries = 32;

    private readonly string _path = key.Replace('.', ':');

    /// <summary>One value; false where it is absent or wrong.</summary>
    public bool TryOne<T>(ValueParser<T> parse, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        var (text, source, isSection) = tree.Value(_path);
        if (text is null && !isSection)
            return false;
        return Accept(key, isSection ? "must be one value, not an object or a list" : parse(text!, out value), source);
    }

    /// <summary>A list; false where it is absent or any of it is wrong.</summary>
    /// <param name="parse">Reads one entry.</param>
    /// <param name="values">What it says.</param>
    /// <param name="least">How many entries there must be: none or one.</param>
    public bool TryList<T>(ValueParser<T> parse, out ImmutableArray<T> values, int least = 1)
    {
        values = default;
        var (entries, source) = tree.List(_path);
        if (entries is null)
            return false;
        if (entries is [] or [""])
        {
            values = [];
            return least == 0 || Accept(key, $"must have 1 to {MaxEntries} entries", source);
        }

        if (entries.Count > MaxEntries)
            return Accept(key, $"must have {least} to {MaxEntries} entries", source);

        var read = ImmutableArray.CreateBuilder<T>(entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            if (Accept($"{key}[{i}]", parse(entries[i] ?? "", out var value), source))
                read.Add(value);
        }

        values = read.ToImmutable();
        return values.Length == entries.Count;
    }

    /// <summary>An object of texts, whose names are nobody's settings; false where it is absent or any of it is wrong.</summary>
    public bool TryMap(out ImmutableSortedDictionary<string, string> values)
    {
        values = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        var (entries, source) = tree.Map(_path);
        if (entries is null)
            return false;
        if (entries.Count > MaxEntries)
            return Accept(key, $"must have 0 to {MaxEntries} entries", source);

        var isRight = true;
        foreach (var (name, value) in entries)
        {
            isRight &= Accept($"{key}.{LogText.Escape(name)}", value is null ? "must be one text" : null, source);
            values = values.SetItem(name, value ?? "");
        }

        return isRight;
    }

    /// <summary>Where only other keys may stand below this one.</summary>
    public void Section()
    {
        if (tree.Value(_path) is { Value: not null } found)
            Accept(key, "must be an object", found.Source);
    }

    /// <summary>Lists an error that takes more than this setting to see.</summary>
    public void Fail(string problem) => Accept(key, problem, tree.Value(_path).Source);

    private bool Accept(string where, string? problem, string source)
    {
        if (problem is not null)
            errors.Add(new ConfigurationError(where, source.Length == 0 ? problem : $"{problem} (from the {source})"));
        return problem is null;
    }
}
