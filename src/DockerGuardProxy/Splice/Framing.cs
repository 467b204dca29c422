namespace DockerGuardProxy.Splice;

/// <summary>
/// Follows the body of one message, request or answer: is told the bytes as they pass, cut anywhere, and says which of them belong to it. Data is
/// skipped without being looked at. The value is its whole state: it is kept in one place and not copied.
/// </summary>
internal struct Framing
{
    private readonly FramingKind _kind;
    private long _left;
    private ChunkedFraming _chunks;

    private Framing(FramingKind kind, long left = 0)
    {
        _kind = kind;
        _left = left;
    }

    /// <summary>A message without a body: complete at once.</summary>
    public static Framing None => default;

    /// <summary>A message of chunks.</summary>
    public static Framing Chunked => new(FramingKind.Chunked);

    /// <summary>A message that ends with its connection: every byte belongs to it, and it is never complete by itself.</summary>
    public static Framing UntilClose => new(FramingKind.UntilClose);

    /// <summary>How the end is told.</summary>
    public readonly FramingKind Kind => _kind;

    /// <summary>True once the message has ended. No further byte belongs to it.</summary>
    public readonly bool IsComplete => _kind switch
    {
        FramingKind.Chunked => _chunks.IsComplete,
        FramingKind.UntilClose => false,
        _ => _left == 0,
    };

    /// <summary>True once a byte came that can't stand where it does. That is final: nobody knows where the message ends.</summary>
    public readonly bool IsBroken => _chunks.IsBroken;

    /// <summary>A message of so many bytes.</summary>
    public static Framing Length(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new(FramingKind.Length, length);
    }

    /// <summary>Takes the next bytes.</summary>
    /// <returns>
    /// How many of them belong to the message: all, unless it is complete or broken after. Where it broke, the bytes before the faulty one are
    /// counted; they can be passed on, for they are the beginning of a message that is well formed.
    /// </returns>
    public int Follow(ReadOnlySpan<byte> bytes)
    {
        switch (_kind)
        {
            case FramingKind.Chunked:
                return _chunks.Follow(bytes);
            case FramingKind.UntilClose:
                return bytes.Length;
            default:
                var taken = (int)Math.Min(_left, bytes.Length);
                _left -= taken;
                return taken;
        }
    }
}
