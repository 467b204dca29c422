namespace DockerGuardProxy.Http;

/// <summary>
/// Follows the frames of HTTP/2 (RFC 9113 4.1) in what the engine sends, and sees the one by which it says that it takes no further calls:
/// SocketsHttpHandler tells nobody, and dials anew.
/// </summary>
internal struct GoAwayWatch
{
    private const int HeaderLength = 9, TypeAt = 3;
    private const byte GoAway = 7;

    private int _headerCount;
    private int _length;
    private int _left;

    /// <summary>Takes the next bytes; true if a GOAWAY begins in them.</summary>
    public bool Sees(ReadOnlySpan<byte> bytes)
    {
        var isSeen = false;
        while (!bytes.IsEmpty)
        {
            if (_left > 0)
            {
                var count = Math.Min(_left, bytes.Length);
                _left -= count;
                bytes = bytes[count..];
                continue;
            }

            if (_headerCount < TypeAt) _length = (_length << 8) | bytes[0];
            else if (_headerCount == TypeAt) isSeen |= bytes[0] == GoAway;
            bytes = bytes[1..];
            if (++_headerCount < HeaderLength) continue;
            (_left, _length, _headerCount) = (_length, 0, 0);
        }

        return isSeen;
    }
}
