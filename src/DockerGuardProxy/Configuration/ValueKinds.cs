using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Configuration;

/// <summary>The kinds of values that settings have.</summary>
internal static class ValueKinds
{
    public static ValueKind<string> SocketPath { get; } = Text("absolute path", Check.SocketPath) with { IsPath = true };

    public static ValueKind<string> SocketPathOrNothing { get; } = Text("absolute path or `\"\"`", Check.SocketPathOrNothing) with { IsPath = true };

    public static ValueKind<string> PathOrNothing { get; } = Text("absolute path or `\"\"`", Check.PathOrNothing) with { IsPath = true };

    public static ValueKind<string> Account { get; } = Text("name, number or `\"\"`", Check.Account);

    public static ValueKind<string> LoopbackOrNothing { get; } = Text("loopback address and port, or `\"\"`", Check.LoopbackOrNothing);

    public static ValueKind<string> UriOrNothing { get; } =
        Text("http or https URI, or `\"\"`", Check.UriOrNothing) with { Redact = Redaction.Endpoint };

    public static ValueKind<UnixFileMode> OctalMode { get; } = One<UnixFileMode>(
        "octal mode from `0000` to `0777`",
        (text, out mode) =>
        {
            var problem = Check.FileMode(text);
            mode = problem is null ? (UnixFileMode)Convert.ToInt32(text, 8) : default;
            return problem;
        },
        mode => "0" + Convert.ToString((int)mode, 8).PadLeft(3, '0'));

    /// <summary>Names of programs as the kernel keeps them; may be none.</summary>
    public static ValueKind<ImmutableArray<string>> CallerNames { get; } = new(
        $"0 to {SettingReader.MaxEntries} names of programs, each of at most {Check.MaxCommBytes} bytes",
        (reader, out names) => reader.TryList(
            (string text, out string name) =>
            {
                name = text;
                return Check.Comm(text);
            },
            out names,
            least: 0),
        names => new JsonArray([.. names.Select(name => (JsonNode)name)]));

    /// <summary>Labels of containers and their values; may be none.</summary>
    public static ValueKind<ImmutableSortedDictionary<string, string>> Labels { get; } = new(
        $"object of 0 to {SettingReader.MaxEntries} labels, each with a text",
        (SettingReader reader, [MaybeNullWhen(false)] out ImmutableSortedDictionary<string, string> labels) => reader.TryMap(out labels),
        labels => new JsonObject(labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))));

    /// <summary>A part of a whole.</summary>
    public static ValueKind<double> Ratio { get; } = One<double>(
        "number from 0 to 1",
        (text, out part) =>
            double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out part) && part is >= 0 and <= 1
                ? null
                : $"\"{LogText.Escape(text)}\" is not a number from 0 to 1",
        part => part);

    /// <summary>The format of the file: a number that only says that this program can read it.</summary>
    public static ValueKind<int> FormatVersion { get; } = One<int>(
        $"`{ProxyConfiguration.Version}`",
        (text, out version) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version) && version == ProxyConfiguration.Version
                ? null
                : $"\"{LogText.Escape(text)}\" is not a version that this program reads: it must be {ProxyConfiguration.Version}",
        version => version);

    /// <summary>A whole number within bounds.</summary>
    public static ValueKind<int> Integer(int least, int most) => One<int>(
        $"whole number from {least} to {most}",
        (text, out number) =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most
                ? null
                : $"\"{LogText.Escape(text)}\" is not a whole number from {least} to {most}",
        number => number);

    /// <summary>A duration within bounds.</summary>
    public static ValueKind<TimeSpan> Time(TimeSpan least, TimeSpan most) => One(
        $"duration from {Duration.Format(least)} to {Duration.Format(most)}", Within(least, most), time => Duration.Format(time));

    /// <summary>A list of at least one duration, each within bounds.</summary>
    public static ValueKind<ImmutableArray<TimeSpan>> Times(TimeSpan least, TimeSpan most)
    {
        var parse = Within(least, most);
        return new ValueKind<ImmutableArray<TimeSpan>>(
            $"1 to {SettingReader.MaxEntries} durations from {Duration.Format(least)} to {Duration.Format(most)}",
            (reader, out times) => reader.TryList(parse, out times),
            times => new JsonArray([.. times.Select(time => (JsonNode)Duration.Format(time))]));
    }

    /// <summary>An amount of bytes within bounds.</summary>
    public static ValueKind<long> Size(long least, long most) => One<long>(
        $"size from {ByteSize.Format(least)} to {ByteSize.Format(most)}",
        (text, out bytes) =>
            !ByteSize.TryParse(text, out bytes) ? $"\"{LogText.Escape(text)}\" is not a size such as 8MiB, 512KiB or 0"
            : bytes < least || bytes > most ? $"{LogText.Escape(text)} is not from {ByteSize.Format(least)} to {ByteSize.Format(most)}"
            : null,
        bytes => ByteSize.Format(bytes));

    /// <summary>One of some words, case aside: the names of an enumeration unless <paramref name="word"/> gives others.</summary>
    public static ValueKind<T> Choice<T>(Func<T, string>? word = null)
        where T : struct, Enum
    {
        word ??= value => value.ToString().ToLowerInvariant();
        var values = Enum.GetValues<T>();
        ImmutableArray<string> words = [.. values.Select(word)];
        var kind = One<T>(
            string.Join(", ", words.Select(w => $"`{w}`")),
            (text, out value) =>
            {
                var index = words.IndexOf(text, StringComparer.OrdinalIgnoreCase);
                value = index < 0 ? default : values[index];
                return index < 0 ? $"\"{LogText.Escape(text)}\" is none of {string.Join(", ", words)}" : null;
            },
            value => word(value));
        return kind with { Choices = words };
    }

    /// <summary>A value that is one text.</summary>
    public static ValueKind<T> One<T>(string words, ValueParser<T> parse, Func<T, JsonNode> write)
        where T : notnull =>
        new(words, (SettingReader reader, [MaybeNullWhen(false)] out T value) => reader.TryOne(parse, out value), write);

    private static ValueKind<string> Text(string words, Func<string, string?> check) => One<string>(
        words,
        (text, out value) =>
        {
            value = text;
            return check(text);
        },
        text => text);

    private static ValueParser<TimeSpan> Within(TimeSpan least, TimeSpan most) => (text, out time) =>
        !Duration.TryParse(text, out time) ? $"\"{LogText.Escape(text)}\" is not a duration such as 5s, 1m30s or 500ms"
        : time < least || time > most ? $"{LogText.Escape(text)} is not from {Duration.Format(least)} to {Duration.Format(most)}"
        : null;
}
