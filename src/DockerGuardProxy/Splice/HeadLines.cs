namespace DockerGuardProxy.Splice;

/// <summary>
/// Takes the lines of a head out of a buffer that grows, each byte looked at once. A line ends by CRLF and nothing else: where one side
/// takes a bare LF for an end and the other does not, a head has two readings (RFC 9112 2.2).
/// </summary>
internal struct HeadLines
{
    /// <summary>Bytes in which no end of a line was found yet are not searched again.</summary>
    private int _searched;

    /// <summary>Where the next line begins.</summary>
    public int Next { get; private set; }

    /// <summary>True if a line ended by a bare LF; there are no lines after it.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Takes the next line that is complete, without its CRLF.</summary>
    /// <param name="buffer">The head from its first byte on, and what follows.</param>
    /// <param name="line">The line.</param>
    /// <returns>False if there is none, or if lines are broken.</returns>
    public bool TryTake(ReadOnlySpan<byte> buffer, out ReadOnlySpan<byte> line)
    {
        line = default;
        var length = buffer[_searched..].IndexOf((byte)'\n');
        if (length < 0)
        {
            _searched = buffer.Length;
            return false;
        }

        var end = _searched + length;
        if (end == Next || buffer[end - 1] != '\r')
        {
            IsBroken = true;
            return false;
        }

        line = buffer[Next..(end - 1)];
        Next = _searched = end + 1;
        return true;
    }
}
