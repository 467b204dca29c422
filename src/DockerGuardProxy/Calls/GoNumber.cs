namespace DockerGuardProxy.Calls;

/// <summary>Go's <c>strconv.Atoi</c> on a 64-bit machine.</summary>
internal static class GoNumber
{
    /// <summary>
    /// An optional sign and decimal digits, leading zeros allowed, no blanks, no underscores. False for anything else and
    /// for what does not fit 64 bits.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long value)
    {
        value = 0;
        var negative = text is ['-', ..];
        var digits = text is ['-' or '+', ..] ? text[1..] : text;
        if (digits.IsEmpty)
        {
            return false;
        }

        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            // Downwards, since the lowest number has no positive counterpart.
            var next = digit - '0';
            if (value < (long.MinValue + next) / 10)
            {
                return false;
            }

            value = (value * 10) - next;
        }

        if (negative)
        {
            return true;
        }

        if (value == long.MinValue)
        {
            return false;
        }

        value = -value;
        return true;
    }
}
