namespace DockerGuardProxy.Tests.Fuzz;

/// <summary>Changes bytes a little, as fuzzers do: flips, repeats, cuts, joins, and puts in what readers care about.</summary>
internal static class Mutation
{
    /// <summary>The most bytes of an input: what is long is slow, and finds no more.</summary>
    public const int MaxLength = 1024;

    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", ":", ";", ",", "=", "&", "?", "/", "//", "%", "%2F", "%00", "..", "\"", "\\", "\0",
            "\u00ff", "{", "}", "[", "]", "null", "true", "-1", "0", "00", "1", "10", "65536", "2147483648", "9223372036854775807",
            "18446744073709551616", "1e9", "0x1", "1s", "1h", "1MiB", "chunked", "close", "Upgrade", "Content-Length", "Transfer-Encoding",
            "Connection", "Expect", "Host", "HTTP/1.1", "HTTP/1.0", "GET", "HEAD", "POST", "DELETE", "containers", "stop", "kill",
            "restart", "signal=KILL", "t=0", "force=1", "v1.24", "application/x-www-form-urlencoded", "(", ")", "/docker/", "kubepods",
            " (deleted)",
        }.Select(System.Text.Encoding.Latin1.GetBytes),
    ];

    /// <summary>One to four changes of an input.</summary>
    /// <param name="bytes">The input.</param>
    /// <param name="other">Another, of which parts may be taken.</param>
    /// <param name="random">Chooses.</param>
    public static byte[] Of(byte[] bytes, byte[] other, Random random)
    {
        var changed = new List<byte>(bytes);
        for (var left = random.Next(1, 5); left > 0; left--) Change(changed, other, random);
        return [.. changed.Take(MaxLength)];
    }

    private static void Change(List<byte> bytes, byte[] other, Random random)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(random.Next(1, random.Next(2, 17)), bytes.Count - at);
        switch (random.Next(8))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 4 when other.Length > 0:
                var from = random.Next(other.Length);
                bytes.InsertRange(at, other[from..random.Next(from, other.Length)]);
                break;
            case 5 when random.Next(4) == 0:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            default:
                bytes.InsertRange(at, Words[random.Next(Words.Length)]);
                break;
        }
    }
}
