namespace DockerGuardProxy.Splice;

/// <summary>Collects what the fields of an answer mean for its end (RFC 9112 6.3).</summary>
internal struct AnswerFields(bool isVersion10)
{
    private ConnectionOptions _connection;
    private bool _hasTransferEncoding;
    private bool _isChunked;
    private bool _hasContentType;
    private long? _length;

    /// <summary>How the end of a body is told, if there can be one.</summary>
    public readonly Framing Framing =>
        _isChunked && !isVersion10 ? Framing.Chunked
        : _hasTransferEncoding ? Framing.UntilClose
        : _length is { } length ? Framing.Length(length)
        : Framing.UntilClose;

    /// <summary>True if the connection ends after the answer: it says so, or its framing is ambiguous.</summary>
    public readonly bool Closes => _connection.HasFlag(ConnectionOptions.Close)
        || (isVersion10 && !_connection.HasFlag(ConnectionOptions.KeepAlive))
        || (_hasTransferEncoding && (_length is not null || isVersion10));

    /// <summary>True for a type of a stream of Docker's.</summary>
    public bool IsStreamType { get; private set; }

    /// <summary>Takes one line of the head.</summary>
    /// <param name="line">The line.</param>
    /// <returns>False if it is no field, or if nobody can tell the end of an answer with it.</returns>
    public bool TryAdd(ReadOnlySpan<byte> line)
    {
        if (!FieldLine.TryRead(line, out var field)) return false;

        switch (field.Name.Length)
        {
            case 10 when field.Is("Connection"u8):
                _connection |= ConnectionField.Read(field.Value);
                break;
            case 12 when field.Is("Content-Type"u8) && !_hasContentType:
                _hasContentType = true;
                IsStreamType = HeadBytes.Same(field.Value, "application/vnd.docker.raw-stream"u8)
                    || HeadBytes.Same(field.Value, "application/vnd.docker.multiplexed-stream"u8);
                break;
            case 14 when field.Is("Content-Length"u8):
                if (!field.TryGetLength(out var length) || (_length is { } first && first != length)) return false;
                _length = length;
                break;
            case 17 when field.Is("Transfer-Encoding"u8):
                // Chunks end a body only if they are the last coding; what else there may be is not undone here.
                _hasTransferEncoding = true;
                _isChunked = HeadBytes.Same(field.Value[(field.Value.LastIndexOf((byte)',') + 1)..].TrimStart(" \t"u8), "chunked"u8);
                break;
            default:
                break;
        }

        return true;
    }
}
