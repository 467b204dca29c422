namespace DockerGuardProxy.Splice;

/// <summary>
/// Follows a chunked body (RFC 9112 7.1). It takes what every net/http takes and reads alike (net/http/internal/chunked.go of Go 1.15 to 1.27), and
/// is broken by all else: a bare LF or CR, which Go took before 1.22; a blank before an extension; a size of more than 16 digits or over 63 bits; a
/// line of size and extension over 4 KB; trailers that are no fields, are folded or exceed 4 KB (transfer.go, readTrailer).
/// </summary>
/// <remarks>
/// Go has refused bodies with far more frame than data since 1.20. They are followed here all the same: a reader that refuses closes its connection.
/// </remarks>
internal struct ChunkedFraming
{
    /// <summary>A line of a size with its CRLF; older ones count the CRLF, newer ones do not.</summary>
    private const int MaxSizeLine = 4095;

    /// <summary>All trailers with the empty line: what fits into a bufio.Reader.</summary>
    private const int MaxTrailers = 4096;

    private const int MaxDigits = 16;

    private State _state;
    private int _digits;
    private int _line;
    private ulong _left;

    private enum State : byte
    {
        /// <summary>The first digit of a size is expected.</summary>
        SizeStart,

        /// <summary>Further digits, or what ends them.</summary>
        Size,

        /// <summary>Blanks behind the digits, which only the end of the line may follow.</summary>
        SizeBlank,

        /// <summary>An extension, up to the end of the line.</summary>
        Extension,

        /// <summary>The LF of a size's line.</summary>
        SizeLf,

        /// <summary>Bytes of a chunk.</summary>
        Data,

        /// <summary>The CR behind a chunk.</summary>
        DataCr,

        /// <summary>The LF behind a chunk.</summary>
        DataLf,

        /// <summary>The first byte of a trailer's name, or the CR of the empty line.</summary>
        TrailerStart,

        /// <summary>A trailer's name, or the colon that ends it.</summary>
        TrailerName,

        /// <summary>A trailer's value, up to the end of the line.</summary>
        TrailerValue,

        /// <summary>The LF of a trailer.</summary>
        TrailerLf,

        /// <summary>The LF of the empty line.</summary>
        LastLf,

        /// <summary>The empty line has passed.</summary>
        Complete,

        /// <summary>A byte came that can't stand where it does. Final.</summary>
        Broken,
    }

    /// <summary>True once the empty line behind the last chunk has passed.</summary>
    public readonly bool IsComplete => _state == State.Complete;

    /// <summary>True once a byte came that can't stand where it does.</summary>
    public readonly bool IsBroken => _state == State.Broken;

    /// <summary>Takes the next bytes; says how many belong to the body.</summary>
    public int Follow(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && _state < State.Complete)
        {
            if (_state == State.Data)
            {
                var skipped = (int)Math.Min(_left, (ulong)(bytes.Length - at));
                at += skipped;
                _left -= (ulong)skipped;
                if (_left == 0) _state = State.DataCr;
                continue;
            }

            _state = Step(bytes[at]);
            if (_state != State.Broken) at++;
        }

        return at;
    }

    private State Step(byte b) => _state switch
    {
        State.SizeStart or State.Size when char.IsAsciiHexDigit((char)b) => TakeDigit(b),
        State.Size or State.SizeBlank or State.Extension when b == '\r' => InLine(State.SizeLf, MaxSizeLine),
        State.Size when b == ';' => InLine(State.Extension, MaxSizeLine),
        State.Size or State.SizeBlank when b is (byte)' ' or (byte)'\t' => InLine(State.SizeBlank, MaxSizeLine),
        State.Extension when b != '\n' => InLine(State.Extension, MaxSizeLine),
        State.SizeLf when b == '\n' => EndSize(),
        State.DataCr when b == '\r' => State.DataLf,
        State.DataLf when b == '\n' => State.SizeStart,
        State.TrailerStart when b == '\r' => InLine(State.LastLf, MaxTrailers),
        State.TrailerStart or State.TrailerName when HeadBytes.IsOfToken(b) => InLine(State.TrailerName, MaxTrailers),
        State.TrailerName when b == ':' => InLine(State.TrailerValue, MaxTrailers),
        State.TrailerValue when b == '\r' => InLine(State.TrailerLf, MaxTrailers),
        State.TrailerValue when HeadBytes.IsOfFieldValue(b) => InLine(State.TrailerValue, MaxTrailers),
        State.TrailerLf when b == '\n' => InLine(State.TrailerStart, MaxTrailers),
        State.LastLf when b == '\n' => InLine(State.Complete, MaxTrailers),
        _ => State.Broken,
    };

    private State TakeDigit(byte b)
    {
        if (_state == State.SizeStart)
        {
            _left = 0;
            _digits = 0;
            _line = 0;
        }

        _digits++;
        _left = (_left << 4) | HexValue(b);
        return _digits > MaxDigits || _left > long.MaxValue ? State.Broken : InLine(State.Size, MaxSizeLine);
    }

    private static uint HexValue(byte digit) => digit <= '9' ? (uint)digit - '0' : (uint)(digit | 0x20) - 'a' + 10;

    private State EndSize()
    {
        if (InLine(State.Data, MaxSizeLine) == State.Broken) return State.Broken;
        if (_left > 0) return State.Data;

        _line = 0;
        return State.TrailerStart;
    }

    /// <summary>Counts a byte of a line, or of all trailers, against its bound.</summary>
    private State InLine(State next, int most) => ++_line > most ? State.Broken : next;
}
