using System.Buffers;
using System.Text.Json;

namespace DockerGuardProxy.Engine;

/// <summary>The answer to a creation: <c>{"Id":"…","Warnings":[…]}</c>.</summary>
internal static class CreateAnswer
{
    /// <summary>The longest answer worth keeping for it, in bytes.</summary>
    public const int MaxLength = 64 * 1024;

    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");

    /// <summary>The full id, or null when the text does not hold one.</summary>
    public static string? ReadId(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var id = reader.ValueTextEquals("Id"u8);
                reader.Read();
                if (id)
                    return reader.GetString() is { Length: 64 } text && !text.AsSpan().ContainsAnyExcept(Hex) ? text : null;
                reader.Skip();
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Not JSON: not the engine's answer to a creation.
        }

        return null;
    }
}
