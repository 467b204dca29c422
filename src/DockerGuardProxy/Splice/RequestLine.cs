namespace DockerGuardProxy.Splice;

/// <summary>The request line, read strictly: a token, one blank, a target without blanks, one blank, <c>HTTP/1.1</c> (RFC 9112 3).</summary>
internal readonly struct RequestLine
{
    private static ReadOnlySpan<byte> Version => " HTTP/1.1"u8;

    /// <summary>Bytes of the method.</summary>
    public int MethodLength { get; private init; }

    /// <summary>The target in the line.</summary>
    public Range Target { get; private init; }

    /// <summary>True for a method of capitals and a target of visible ASCII that begins with a slash.</summary>
    public bool IsPlain { get; private init; }

    /// <summary>
    /// False for a line that readers may take differently, or for another version. CONNECT is among them: what follows it
    /// is for another reader.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out RequestLine read)
    {
        read = default;
        var blank = line.IndexOf((byte)' ');
        if (blank <= 0 || !line[blank..].EndsWith(Version)) return false;

        var end = line.Length - Version.Length;
        if (end <= blank + 1) return false;

        var method = line[..blank];
        var target = line[(blank + 1)..end];
        if (!HeadBytes.IsToken(method) || HeadBytes.Same(method, "CONNECT"u8) || target.ContainsAnyInRange((byte)0, (byte)' ')) return false;

        read = new RequestLine
        {
            MethodLength = blank,
            Target = (blank + 1)..end,
            IsPlain = target[0] == '/' && HeadBytes.IsVisibleAscii(target) && !method.ContainsAnyExceptInRange((byte)'A', (byte)'Z'),
        };
        return true;
    }
}
