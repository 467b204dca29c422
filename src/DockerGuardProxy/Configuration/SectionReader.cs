using System.Collections.Immutable;
using System.Globalization;

namespace DockerGuardProxy.Configuration;

/// <summary>
/// Reads the settings of one section, notes every key that is asked for as known, and lists every error. A getter gives null both for a
/// setting that is absent and for one that is wrong.
/// </summary>
/// <remarks>
/// Written by hand rather than bound by ConfigurationBinder: that one stops at the first value it can't convert, and the user of a
/// node daemon wants all errors at once, each with its key.
/// </remarks>
internal sealed class SectionReader(ConfigurationTree tree, string path, KnownKeys known, List<ConfigurationError> errors)
{
    /// <summary>A longer list than anybody retries.</summary>
    private const int MaxEntries = 32;

    /// <summary>The section below this one.</summary>
    public SectionReader Section(string name)
    {
        var full = Full(name);
        known.Add(full, isSection: true);
        var (value, source, _) = tree.Value(full);
        if (value is not null)
            Fail(full, "must be an object", source);
        return new SectionReader(tree, full, known, errors);
    }

    /// <summary>A text; <paramref name="check"/> tells what is wrong with it, or null.</summary>
    public string? Text(string name, Func<string, string?> check)
    {
        var (value, source) = Value(name);
        if (value is null)
            return null;
        if (check(value) is not { } problem)
            return value;
        return Fail<string>(Full(name), problem, source);
    }

    /// <summary>One of some words, case aside.</summary>
    public T? Choice<T>(string name, params ReadOnlySpan<(string Word, T Meaning)> choices)
        where T : struct
    {
        var (value, source) = Value(name);
        if (value is null)
            return null;
        var words = new List<string>();
        foreach (var (word, meaning) in choices)
        {
            if (word.Equals(value, StringComparison.OrdinalIgnoreCase))
                return meaning;
            words.Add(word);
        }

        Fail(Full(name), $"\"{LogText.Escape(value)}\" is none of {string.Join(", ", words)}", source);
        return null;
    }

    /// <summary>A whole number within bounds.</summary>
    public int? Integer(string name, int least, int most)
    {
        var (value, source) = Value(name);
        if (value is null)
            return null;
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Fail(Full(name), $"\"{LogText.Escape(value)}\" is not a whole number from {least} to {most}", source);
        return null;
    }

    /// <summary>A part of a whole, from 0 to 1.</summary>
    public double? Part(string name)
    {
        var (value, source) = Value(name);
        if (value is null)
            return null;
        if (double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var part) && part is >= 0 and <= 1)
            return part;
        Fail(Full(name), $"\"{LogText.Escape(value)}\" is not a number from 0 to 1", source);
        return null;
    }

    /// <summary>A duration within bounds.</summary>
    public TimeSpan? Time(string name, TimeSpan least, TimeSpan most)
    {
        var (value, source) = Value(name);
        return value is null ? null : Time(Full(name), value, source, least, most);
    }

    /// <summary>A list of at least one duration, each within bounds.</summary>
    public ImmutableArray<TimeSpan>? Times(string name, TimeSpan least, TimeSpan most)
    {
        var full = Full(name);
        known.Add(full, isSection: false);
        var (entries, source) = tree.List(full);
        if (entries is null)
            return null;
        if (entries.Count is 0 or > MaxEntries || entries is [""])
        {
            Fail(full, $"must have 1 to {MaxEntries} entries", source);
            return null;
        }

        var times = ImmutableArray.CreateBuilder<TimeSpan>(entries.Count);
        for (var i = 0; i < entries.Count; i++)
        {
            if (Time($"{full}[{i}]", entries[i] ?? "", source, least, most) is { } time)
                times.Add(time);
        }

        return times.Count == entries.Count ? times.MoveToImmutable() : null;
    }

    /// <summary>Lists an error that takes more than one setting to see.</summary>
    /// <param name="name">The setting to name, below this section; parts joined by colons.</param>
    /// <param name="message">What is wrong.</param>
    public void Fail(string name, string message) => Fail(Full(name), message, tree.Value(Full(name)).Source);

    private TimeSpan? Time(string full, string value, string source, TimeSpan least, TimeSpan most)
    {
        if (!Duration.TryParse(value, out var time))
            Fail(full, $"\"{LogText.Escape(value)}\" is not a duration such as 5s, 1m30s or 500ms", source);
        else if (time < least || time > most)
            Fail(full, $"{LogText.Escape(value)} is not from {Duration.Format(least)} to {Duration.Format(most)}", source);
        else
            return time;
        return null;
    }

    private (string? Value, string Source) Value(string name)
    {
        var full = Full(name);
        known.Add(full, isSection: false);
        var (value, source, isSection) = tree.Value(full);
        if (isSection)
            Fail(full, "must be one value, not an object or a list", source);
        return (value, source);
    }

    private string Full(string name) => path.Length == 0 ? name : $"{path}:{name}";

    private T? Fail<T>(string full, string message, string source)
        where T : class
    {
        Fail(full, message, source);
        return null;
    }

    private void Fail(string full, string message, string source) => errors.Add(new ConfigurationError(
        full.Replace(':', '.'),
        source.Length == 0 ? message : $"{message} (from the {source})"));
}
