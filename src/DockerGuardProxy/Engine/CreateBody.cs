using System.Text;
using System.Text.Json;

namespace DockerGuardProxy.Engine;

/// <summary>
/// What the body of a creation says of the container's end (moby <c>container.Config</c>). Read as Go reads it: keys in any case, the last
/// one wins, null leaves alone.
/// </summary>
/// <param name="StopTimeout">Seconds; dockerd's default of 10 where the body has none, for no image can set it.</param>
/// <param name="StopSignal">Null where the body has none: the image's counts then, which is not known.</param>
/// <param name="Pod">From the labels.</param>
/// <param name="HasLinks">Other containers get further names by this one, which only a list tells.</param>
internal sealed record CreateBody(long StopTimeout, string? StopSignal, PodLabels? Pod, bool HasLinks)
{
    /// <summary>The longest body worth keeping for it, in bytes; of a longer one nothing is learned.</summary>
    public const int MaxLength = 256 * 1024;

    /// <summary>moby <c>container.defaultStopTimeout</c>, seconds.</summary>
    public const long DefaultStopTimeout = 10;

    /// <summary>Null for anything that is not such a body; the engine will say so to its sender.</summary>
    public static CreateBody? Parse(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength)
            return null;
        try
        {
            return Read(utf8);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static CreateBody? Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;

        var timeout = DefaultStopTimeout;
        string? signal = null;
        Dictionary<string, string>? labels = null;
        var links = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref reader, "StopTimeout"u8))
            {
                reader.Read();
                timeout = reader.TokenType == JsonTokenType.Null ? DefaultStopTimeout : reader.GetInt64();
            }
            else if (Is(ref reader, "StopSignal"u8))
            {
                reader.Read();
                signal = reader.GetString() ?? signal;
            }
            else if (Is(ref reader, "Labels"u8))
            {
                reader.Read();
                ReadLabels(ref reader, labels ??= []);
            }
            else if (Is(ref reader, "HostConfig"u8))
            {
                reader.Read();
                links |= HasLinksIn(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return new CreateBody(timeout, string.IsNullOrEmpty(signal) ? null : StopSignals.Normalise(signal), PodLabels.From(labels), links);
    }

    private static void ReadLabels(ref Utf8JsonReader reader, Dictionary<string, string> labels)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            labels[key] = reader.GetString() ?? "";
        }
    }

    private static bool HasLinksIn(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        var found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!Is(ref reader, "Links"u8))
            {
                reader.Skip();
                continue;
            }

            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                found = true;
                reader.Skip();
            }
        }

        return found;
    }

    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        reader.ValueIsEscaped
            ? Ascii.EqualsIgnoreCase(name, reader.GetString())
            : Ascii.EqualsIgnoreCase(reader.ValueSpan, name);
}
