namespace DockerGuardProxy.Splice;

/// <summary>Collects what the fields of a request mean for its way.</summary>
internal struct RequestFields
{
    private bool _hasFraming;
    private bool _hasConnection;
    private bool _hasContentType;
    private bool _hasHost;
    private bool _isOdd;

    /// <summary>How the end of the body is told.</summary>
    public Framing Framing { get; private set; }

    /// <summary>What Connection says.</summary>
    public ConnectionOptions Connection { get; private set; }

    /// <summary>True for <c>Expect: 100-continue</c>.</summary>
    public bool ExpectsContinue { get; private set; }

    /// <summary>True if there is an Upgrade.</summary>
    public bool HasUpgrade { get; private set; }

    /// <summary>True if all fields are plain, with exactly one Host.</summary>
    public readonly bool IsPlain => _hasHost && !_isOdd;

    /// <summary>Takes one line of the head.</summary>
    /// <param name="line">The line.</param>
    /// <returns>False if it makes doubtful where the head or its body ends.</returns>
    public bool TryAdd(ReadOnlySpan<byte> line)
    {
        if (!FieldLine.TryRead(line, out var field) || !HeadBytes.IsFieldValue(field.Value)) return false;

        switch (field.Name.Length)
        {
            case 4 when field.Is("Host"u8):
                _isOdd |= _hasHost || !HeadBytes.IsHost(field.Value);
                _hasHost = true;
                break;
            case 6 when field.Is("Expect"u8):
                _isOdd |= ExpectsContinue || !HeadBytes.Same(field.Value, "100-continue"u8);
                ExpectsContinue = true;
                break;
            case 7 when field.Is("Upgrade"u8):
                _isOdd |= HasUpgrade;
                HasUpgrade = true;
                break;
            case 7 when field.Is("Trailer"u8):
                // Net/http refuses some names in it.
                _isOdd = true;
                break;
            case 10 when field.Is("Connection"u8):
                Connection |= ConnectionField.Read(field.Value);
                _isOdd |= _hasConnection || Connection.HasFlag(ConnectionOptions.Other);
                _hasConnection = true;
                break;
            case 12 when field.Is("Content-Type"u8):
                _isOdd |= _hasContentType;
                _hasContentType = true;
                break;
            case 14 when field.Is("Content-Length"u8):
                if (_hasFraming || !field.TryGetLength(out var length)) return false;
                Framing = Framing.Length(length);
                _hasFraming = true;
                break;
            case 14 when field.Is("HTTP2-Settings"u8):
                // A way to HTTP/2 on the same connection (RFC 7540 3.2), where the engine's libraries still know it.
                _isOdd = true;
                break;
            case 17 when field.Is("Transfer-Encoding"u8):
                if (_hasFraming || !HeadBytes.Same(field.Value, "chunked"u8)) return false;
                Framing = Framing.Chunked;
                _hasFraming = true;
                break;
            default:
                break;
        }

        return true;
    }
}
