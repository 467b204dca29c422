using System.Buffers;
using System.Globalization;
using System.Text;

namespace DockerGuardProxy.Text;

/// <summary>
/// Durations as Docker and Kubernetes people write them: <c>5s</c>, <c>2m</c>, <c>1m30s</c>, <c>1.5s</c>, <c>500ms</c>, <c>0</c>.
/// The grammar is that of Go's <c>time.ParseDuration</c> without a sign and without units below a millisecond, which no setting can use.
/// </summary>
internal static class Duration
{
    /// <summary>More than any setting allows; keeps all sums far from overflow.</summary>
    private const decimal MaxMilliseconds = 1_000_000_000_000m;

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    /// <summary>Reads a duration of whole milliseconds; false where the text is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text is "0")
            return true;

        var milliseconds = 0m;
        if (text.IsEmpty)
            return false;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExcept(NumberCharacters);
            // More digits than any allowed value has; decimal would round beyond 28.
            if (digits is <= 0 or > 20
                || !decimal.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }
            text = text[digits..];

            var letters = text.IndexOfAny(NumberCharacters);
            var unit = letters < 0 ? text : text[..letters];
            var factor = unit switch { "ms" => 1m, "s" => 1000m, "m" => 60_000m, "h" => 3_600_000m, _ => 0m };
            if (factor == 0 || number > MaxMilliseconds)
                return false;
            text = text[unit.Length..];
            milliseconds += number * factor;
            if (milliseconds > MaxMilliseconds)
                return false;
        }

        if (milliseconds != decimal.Truncate(milliseconds))
            return false;
        duration = TimeSpan.FromMilliseconds((long)milliseconds);
        return true;
    }

    /// <summary>The shortest text that reads back as the same duration (<c>1m30s</c>); parts below a millisecond are dropped.</summary>
    public static string Format(TimeSpan duration)
    {
        var milliseconds = (long)duration.TotalMilliseconds;
        if (milliseconds == 0)
            return "0s";

        var text = new StringBuilder();
        Append(3_600_000, "h");
        Append(60_000, "m");
        Append(1000, "s");
        Append(1, "ms");
        return text.ToString();

        void Append(long size, string unit)
        {
            if (milliseconds >= size)
                text.Append(milliseconds / size).Append(unit);
            milliseconds %= size;
        }
    }
}
