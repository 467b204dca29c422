using System.Globalization;
using System.Text;

namespace DockerGuardProxy.Campaign.Wire;

/// <summary>
/// Finds the numbers of calls in a stream of bytes, wherever its reads were cut. Each call has a number of its own in its query, which the engine
/// does not look at and the proxy passes on.
/// </summary>
internal sealed class TokenScan
{
    private const string Name = "campaign=";
    private const int Digits = 16;
    private static readonly byte[] Pattern = Encoding.ASCII.GetBytes(Name);

    // The end of what was read, in which a number may have begun.
    private readonly byte[] _rest = new byte[Name.Length + Digits - 1];
    private int _count;

    /// <summary>A path with the number of a call in its query.</summary>
    public static string Mark(string path, ulong token) =>
        string.Create(CultureInfo.InvariantCulture, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{Name}{token:x16}");

    /// <summary>Tells of the numbers that end in <paramref name="bytes"/>, each once.</summary>
    public void Feed(ReadOnlySpan<byte> bytes, Action<ulong> found)
    {
        // 1. Those that began before: enough of the new bytes to end each of them.
        if (_count > 0)
        {
            Span<byte> seam = stackalloc byte[2 * _rest.Length];
            var added = Math.Min(bytes.Length, _rest.Length);
            _rest.AsSpan(0, _count).CopyTo(seam);
            bytes[..added].CopyTo(seam[_count..]);
            Find(seam[..(_count + added)], _count, found);
        }

        // 2. Those that began here.
        Find(bytes, int.MaxValue, found);
        Keep(bytes);
    }

    private static void Find(ReadOnlySpan<byte> bytes, int beginsBefore, Action<ulong> found)
    {
        for (var start = 0; bytes[start..].IndexOf(Pattern) is var at && at >= 0 && start + at < beginsBefore;)
        {
            start += at + Pattern.Length;
            if (bytes.Length - start < Digits) return;
            if (ulong.TryParse(bytes.Slice(start, Digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var token))
                found(token);
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= _rest.Length)
        {
            bytes[^_rest.Length..].CopyTo(_rest);
            _count = _rest.Length;
            return;
        }

        var kept = Math.Min(_count, _rest.Length - bytes.Length);
        _rest.AsSpan(_count - kept, kept).CopyTo(_rest);
        bytes.CopyTo(_rest.AsSpan(kept));
        _count = kept + bytes.Length;
    }
}
