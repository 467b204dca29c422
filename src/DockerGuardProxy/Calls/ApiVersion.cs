using System.Buffers;
using System.Text;

namespace DockerGuardProxy.Calls;

/// <summary>A version of the Engine API, ordered as moby's <c>api/types/versions</c> orders it.</summary>
/// <param name="Major">The first component.</param>
/// <param name="Minor">The second one, 0 where there is none.</param>
/// <param name="More">A later component is not zero: <c>1.41.1</c> is above <c>1.41</c>, <c>1.41.0</c> is the same.</param>
internal readonly record struct ApiVersion(long Major, long Minor, bool More = false) : IComparable<ApiVersion>
{
    private static readonly SearchValues<char> Chars = SearchValues.Create("0123456789.");

    /// <summary>The oldest version that a supported engine takes (moby 20.10 to 24; later ones start at 1.24 or 1.44).</summary>
    public static ApiVersion Oldest { get; } = new(1, 12);

    /// <summary>From here on the head of a wait's answer comes at once (moby 17.06).</summary>
    public static ApiVersion EarlyWaitHead { get; } = new(1, 30);

    /// <summary>From here on stop and restart take a <c>signal</c> (moby 23).</summary>
    public static ApiVersion StopSignals { get; } = new(1, 42);

    public static bool operator <(ApiVersion left, ApiVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(ApiVersion left, ApiVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(ApiVersion left, ApiVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ApiVersion left, ApiVersion right) => left.CompareTo(right) >= 0;

    /// <summary>
    /// Reads what <c>[0-9.]+</c> can match, as <c>versions.compare</c> does: an empty component is 0, one beyond 64 bits
    /// the largest number.
    /// </summary>
    public static ApiVersion Parse(ReadOnlySpan<byte> text)
    {
        long major = 0, minor = 0;
        var more = false;
        var index = 0;
        foreach (var part in text.Split((byte)'.'))
        {
            var value = Component(text[part]);
            switch (index++)
            {
                case 0: major = value; break;
                case 1: minor = value; break;
                default: more |= value != 0; break;
            }
        }

        return new(major, minor, more);
    }

    /// <summary>Reads <c>1.41</c> as <c>/version</c> and <c>/_ping</c> tell it; false for anything else.</summary>
    public static bool TryParse(string? text, out ApiVersion version)
    {
        version = default;
        if (string.IsNullOrEmpty(text) || text.AsSpan().ContainsAnyExcept(Chars))
        {
            return false;
        }

        version = Parse(Encoding.ASCII.GetBytes(text));
        return version.Major > 0;
    }

    public int CompareTo(ApiVersion other) =>
        (Major, Minor, More).CompareTo((other.Major, other.Minor, other.More));

    private static long Component(ReadOnlySpan<byte> digits)
    {
        long value = 0;
        foreach (var digit in digits)
        {
            var next = digit - '0';
            if (value > (long.MaxValue - next) / 10)
            {
                return long.MaxValue;
            }

            value = (value * 10) + next;
        }

        return value;
    }
}
