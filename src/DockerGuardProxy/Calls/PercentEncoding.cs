namespace DockerGuardProxy.Calls;

/// <summary>Go's <c>net/url</c> unescape, on bytes.</summary>
internal static class PercentEncoding
{
    /// <summary>Whether two hex digits follow each <c>%</c>.</summary>
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        for (int at; (at = text.IndexOf((byte)'%')) >= 0; text = text[(at + 3)..])
        {
            if (at + 2 >= text.Length || !char.IsAsciiHexDigit((char)text[at + 1]) || !char.IsAsciiHexDigit((char)text[at + 2]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Decodes valid text in place and returns the length of what is left.</summary>
    /// <param name="text">What <see cref="IsValid"/> accepts.</param>
    /// <param name="plusIsSpace">As in queries and forms, not in paths.</param>
    public static int Decode(Span<byte> text, bool plusIsSpace)
    {
        var written = 0;
        for (var read = 0; read < text.Length; read++)
        {
            var value = text[read];
            if (value == '%')
            {
                value = (byte)((Digit(text[read + 1]) << 4) | Digit(text[read + 2]));
                read += 2;
            }
            else if (plusIsSpace && value == '+')
            {
                value = (byte)' ';
            }

            text[written++] = value;
        }

        return written;
    }

    private static int Digit(byte hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;
}
