namespace DockerGuardProxy.Splice;

/// <summary>
/// Looks at the head of one request in a buffer that grows, each byte once, and tells whether it is beyond doubt: whether every reader takes it for
/// the same request and finds the same end. That is a strict subset of RFC 9112, of what Go's net/http takes (request.go, transfer.go, server.go),
/// and of what Kestrel takes. One value per head, kept in one place; <c>default</c> begins anew.
/// </summary>
/// <remarks>
/// Ranges are those of the buffer. After any outcome but <see cref="RequestOutcome.Incomplete"/> the
/// value is not to be asked to read again; after <see cref="RequestOutcome.Odd"/> nothing else of it means anything.
/// </remarks>
internal struct RequestScan
{
    /// <summary>As many bytes of head as net/http takes (server.go, DefaultMaxHeaderBytes), without its slack.</summary>
    public const int MaxHead = 1 << 20;

    /// <summary>
    /// The part of the preface that looks like a head. Net/http takes it for one, and answers, before the rest has come (request.go, isH2Upgrade).
    /// </summary>
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\n"u8;

    private HeadLines _lines;
    private RequestFields _fields;
    private RequestLine _line;

    /// <summary>Bytes of the head with its empty line.</summary>
    public int Length { get; private set; }

    /// <summary>The method.</summary>
    public readonly Range Method => .._line.MethodLength;

    /// <summary>The target as it came.</summary>
    public readonly Range Target => _line.Target;

    /// <summary>How the end of the body is told; never <see cref="FramingKind.UntilClose"/>.</summary>
    public readonly Framing Framing => _fields.Framing;

    /// <summary>True if the client says that this is its last request here.</summary>
    public readonly bool Closes => _fields.Connection.HasFlag(ConnectionOptions.Close);

    /// <summary>True if the client may wait for a 100 before it sends the body.</summary>
    public readonly bool ExpectsContinue => _fields.ExpectsContinue;

    /// <summary>True if there is an Upgrade, whether Connection names it or not: dockerd does not look at Connection.</summary>
    public readonly bool HasUpgrade => _fields.HasUpgrade;

    /// <summary>Looks at what has come.</summary>
    /// <param name="buffer">The head from its first byte on, and what follows. The same bytes as before, and more.</param>
    public RequestOutcome Read(ReadOnlySpan<byte> buffer)
    {
        if (_lines.Next == 0)
        {
            if (Preface.StartsWith(buffer[..Math.Min(buffer.Length, Preface.Length)]))
                return buffer.Length < Preface.Length ? RequestOutcome.Incomplete : RequestOutcome.Http2;

            // An empty line before the request (RFC 9112 2.2 lets a server skip it), TLS, noise: told at once, no line may ever end.
            if (!HeadBytes.IsOfToken(buffer[0])) return RequestOutcome.Odd;
        }

        for (var start = _lines.Next; _lines.TryTake(buffer, out var line); start = _lines.Next)
        {
            if (start == 0)
            {
                if (!RequestLine.TryRead(line, out _line)) return RequestOutcome.Odd;
            }
            else if (line.IsEmpty)
            {
                return End(buffer[Method]);
            }
            else if (!_fields.TryAdd(line))
            {
                return RequestOutcome.Odd;
            }
        }

        return _lines.IsBroken || buffer.Length > MaxHead ? RequestOutcome.Odd : RequestOutcome.Incomplete;
    }

    private RequestOutcome End(ReadOnlySpan<byte> method)
    {
        Length = _lines.Next;
        if (Length > MaxHead) return RequestOutcome.Odd;

        // Go before 1.19 leaves the chunks of such a request unread and takes them for the next one, or refuses its length.
        if (!_fields.Framing.IsComplete && HeadBytes.Same(method, "HEAD"u8)) return RequestOutcome.Odd;

        return _line.IsPlain && _fields.IsPlain ? RequestOutcome.Plain : RequestOutcome.OddBounded;
    }
}
