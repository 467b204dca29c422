namespace DockerGuardProxy.Splice;

/// <summary>The status line (RFC 9112 4).</summary>
internal static class StatusLine
{
    private static ReadOnlySpan<byte> Version => "HTTP/1."u8;

    /// <summary>False if a status line of HTTP/1 does not begin like this.</summary>
    public static bool CanBegin(ReadOnlySpan<byte> buffer) => Version.StartsWith(buffer[..Math.Min(buffer.Length, Version.Length)]);

    /// <summary>Reads the line; the reason may be empty or missing.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out int status, out bool isVersion10)
    {
        status = 0;
        isVersion10 = line.StartsWith("HTTP/1.0 "u8);
        if (!isVersion10 && !line.StartsWith("HTTP/1.1 "u8)) return false;

        var rest = line["HTTP/1.1 ".Length..];
        if (rest.Length < 3 || (rest.Length > 3 && rest[3] != ' ')) return false;

        var digits = rest[..3];
        if (digits[0] is < (byte)'1' or > (byte)'9' || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;

        status = (100 * (digits[0] - '0')) + (10 * (digits[1] - '0')) + digits[2] - '0';
        return true;
    }
}
