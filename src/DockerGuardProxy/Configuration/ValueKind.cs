using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace DockerGuardProxy.Configuration;

/// <summary>Reads one text: gives the value and null, or tells what is wrong.</summary>
internal delegate string? ValueParser<T>(string text, out T value);

/// <summary>Reads a value or a list of them; false where it is absent or wrong.</summary>
internal delegate bool ValueReader<T>(SettingReader reader, [MaybeNullWhen(false)] out T value);

/// <summary>A kind of values: how they are read, checked, written, shown and described.</summary>
/// <param name="Words">What may be written, for the reference.</param>
/// <param name="Read">Reads and checks.</param>
/// <param name="Write">Writes in the form in which it is read.</param>
internal sealed record ValueKind<T>(string Words, ValueReader<T> Read, Func<T, JsonNode> Write)
{
    /// <summary>Takes the secrets out of a text; null for a kind that can hold none.</summary>
    public Func<string, string>? Redact { get; init; }

    /// <summary>The only words that may be written; empty where there are more than can be listed.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>True for a path, which a command line may give relative to the working directory.</summary>
    public bool IsPath { get; init; }
}
