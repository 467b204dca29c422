namespace DockerGuardProxy.Splice;

/// <summary>
/// Looks at the head of one answer of the engine in a buffer that grows, each byte once, for its status and its end. It is less strict than
/// <see cref="RequestScan"/>: an answer is passed on as it came, whatever its other fields say. One value per head, kept in one place;
/// <c>default</c> begins anew.
/// </summary>
internal struct AnswerScan
{
    /// <summary>As many bytes of head as net/http's transport takes by default (transport.go, maxHeaderResponseSize: 10 MB).</summary>
    public const int MaxHead = 10 << 20;

    private HeadLines _lines;
    private AnswerFields _fields;

    /// <summary>Bytes of the head with its empty line.</summary>
    public int Length { get; private set; }

    /// <summary>The status.</summary>
    public int Status { get; private set; }

    /// <summary>How the end of the body is told.</summary>
    public Framing Framing { get; private set; }

    /// <summary>True if the engine closes its connection after this answer.</summary>
    public bool Closes { get; private set; }

    /// <summary>
    /// True for a 200 with a type of a stream of Docker's and without any framing: a raw stream both ways, if the request was one to attach or to
    /// start an exec (moby api/server/router/container/{container_routes,exec}.go). Of logs it is an ordinary answer.
    /// </summary>
    public readonly bool IsRawStream => Status == 200 && _fields.IsStreamType && Framing.Kind == FramingKind.UntilClose;

    /// <summary>Looks at what has come.</summary>
    /// <param name="buffer">The head from its first byte on, and what follows. The same bytes as before, and more.</param>
    /// <param name="method">The method of the request.</param>
    public AnswerOutcome Read(ReadOnlySpan<byte> buffer, ReadOnlySpan<byte> method)
    {
        // Told before a line ends: what is no HTTP may have none.
        if (_lines.Next == 0 && !StatusLine.CanBegin(buffer)) return AnswerOutcome.NotHttp;

        for (var start = _lines.Next; _lines.TryTake(buffer, out var line); start = _lines.Next)
        {
            if (start == 0)
            {
                if (!StatusLine.TryRead(line, out var status, out var isVersion10)) return AnswerOutcome.NotHttp;

                Status = status;
                _fields = new AnswerFields(isVersion10);
            }
            else if (line.IsEmpty)
            {
                return End(method);
            }
            else if (!_fields.TryAdd(line))
            {
                return AnswerOutcome.NotHttp;
            }
        }

        return _lines.IsBroken || buffer.Length > MaxHead ? AnswerOutcome.NotHttp : AnswerOutcome.Incomplete;
    }

    private AnswerOutcome End(ReadOnlySpan<byte> method)
    {
        Length = _lines.Next;
        if (Status == 101) return AnswerOutcome.Switching;
        if (Status < 200) return AnswerOutcome.Interim;

        // RFC 9112 6.3, 1.
        var hasNoBody = Status is 204 or 304 || method.SequenceEqual("HEAD"u8);
        Framing = hasNoBody ? Framing.None : _fields.Framing;
        Closes = _fields.Closes || Framing.Kind == FramingKind.UntilClose;
        return AnswerOutcome.Final;
    }
}
