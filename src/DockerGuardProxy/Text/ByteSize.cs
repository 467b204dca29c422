using System.Globalization;

namespace DockerGuardProxy.Text;

/// <summary>Amounts of bytes as people write them: <c>0</c>, <c>512KiB</c>, <c>8MiB</c>, <c>1GiB</c>. Without a unit they are bytes.</summary>
internal static class ByteSize
{
    private static readonly (string Name, long Bytes)[] Units = [("GiB", 1L << 30), ("MiB", 1L << 20), ("KiB", 1L << 10), ("B", 1), ("", 1)];

    /// <summary>Reads an amount; false where the text is none, or more than a long can count.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        bytes = 0;
        foreach (var (name, size) in Units)
        {
            if (!text.EndsWith(name, StringComparison.Ordinal)) continue;
            if (!long.TryParse(text[..^name.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
            bytes = number * size;
            return number <= long.MaxValue / size;
        }

        return false;
    }

    /// <summary>The shortest text that reads back as the same amount (<c>8MiB</c>).</summary>
    public static string Format(long bytes)
    {
        foreach (var (name, size) in Units)
        {
            if (bytes > 0 && bytes % size == 0 && name != "B") return string.Create(CultureInfo.InvariantCulture, $"{bytes / size}{name}");
        }

        return "0";
    }
}
