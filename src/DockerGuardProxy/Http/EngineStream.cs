using System.Buffers;
using System.Net.Sockets;

namespace DockerGuardProxy.Http;

/// <summary>
/// A connection to the engine as SocketsHttpHandler sees it. The handler reads answers from it. What it writes is a stand-in
/// for the request's head; in its place goes the head that the client sent (see <see cref="EngineLink"/>).
/// </summary>
/// <remarks>
/// The handler takes chunks apart in a buffer of 4 KB, so that a long answer would cost a system call for each 4 KB of it. Where more than the
/// handler asks for is there already, it is read at once, up to <see cref="AheadSize"/>. A stream that waits holds no such buffer.
/// </remarks>
internal sealed class EngineStream(Socket socket, IEngineExchange exchange) : AsyncStream
{
    /// <summary>The most that is read ahead, in bytes: two of the pieces in which Go copies a body.</summary>
    private const int AheadSize = 64 * 1024;

    // Its exceptions are the ones that the handler knows how to take; the socket is owned here.
    private readonly NetworkStream _network = new(socket);

    // Ends a read without ending the connection.
    private readonly CancellationTokenSource? _leaving = exchange.MayLeave ? new() : null;
    private byte[]? _ahead;
    private int _aheadStart;
    private int _aheadEnd;
    private bool _wasFilled;
    private bool _isLeft;

    public Socket Socket { get; } = socket;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ahead is not null) return new(buffer.IsEmpty ? 0 : TakeAhead(buffer.Span));
        if (buffer.IsEmpty) return _network.ReadAsync(buffer, cancellationToken);
        if (_leaving is not null) return ReadWatchedAsync(buffer, _leaving.Token);
        if (exchange.WatchesAnswer) return ReadWatchedAsync(buffer, cancellationToken);
        if (_wasFilled && buffer.Length < AheadSize && Socket.Available > buffer.Length) return ReadAheadAsync(buffer, cancellationToken);

        var read = _network.ReadAsync(buffer, cancellationToken);
        if (!read.IsCompletedSuccessfully) return WaitAsync(read, buffer.Length);
        var count = read.Result;
        _wasFilled = count == buffer.Length;
        return new(count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        exchange.SendHeadAsync(this, cancellationToken);

    /// <summary>Sends bytes of a request's own.</summary>
    /// <exception cref="IOException">The engine reads no more.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => _network.WriteAsync(bytes, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isLeft && _leaving is not null && exchange.TryLeave(Socket))
        {
            // The handler's read fails, as on a connection that is closed.
            _isLeft = true;
            _leaving.Cancel();
        }
        else if (disposing && !_isLeft)
        {
            // What was read ahead stays out of the pool: a read may be copying from it.
            _network.Dispose();
            Socket.Dispose();
        }

        base.Dispose(disposing);
    }

    private int TakeAhead(Span<byte> buffer)
    {
        var ahead = _ahead.AsSpan(_aheadStart.._aheadEnd);
        var count = Math.Min(ahead.Length, buffer.Length);
        ahead[..count].CopyTo(buffer);
        _aheadStart += count;
        if (_aheadStart == _aheadEnd)
        {
            ArrayPool<byte>.Shared.Return(_ahead!);
            _ahead = null;
        }

        return count;
    }

    /// <summary>To be called only while bytes are there, so that it does not wait.</summary>
    private async ValueTask<int> ReadAheadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var ahead = ArrayPool<byte>.Shared.Rent(AheadSize);
        var count = await _network.ReadAsync(ahead.AsMemory(0, AheadSize), cancellationToken);
        if (count == 0)
        {
            ArrayPool<byte>.Shared.Return(ahead);
            return 0;
        }

        (_ahead, _aheadStart, _aheadEnd) = (ahead, 0, count);
        return TakeAhead(buffer.Span);
    }

    private async ValueTask<int> WaitAsync(ValueTask<int> read, int asked)
    {
        var count = await read;
        _wasFilled = count == asked;
        return count;
    }

    private async ValueTask<int> ReadWatchedAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await _network.ReadAsync(buffer, cancellationToken);
        exchange.OnAnswerBytes(buffer.Span[..count]);
        return count;
    }
}
