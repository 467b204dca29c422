using System.Text;

namespace DockerGuardProxy.Text;

/// <summary>Makes names that a container chose harmless for logs, JSON and terminals.</summary>
internal static class Printable
{
    /// <summary>The bytes as text; all but printable ASCII becomes <c>?</c>.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var b in bytes)
            text.Append(b is >= 0x20 and < 0x7f ? (char)b : '?');
        return text.ToString();
    }

    /// <summary>The same for text.</summary>
    public static string Of(string text) =>
        text.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? string.Concat(text.Select(static c => c is >= ' ' and <= '~' ? c : '?'))
            : text;
}
