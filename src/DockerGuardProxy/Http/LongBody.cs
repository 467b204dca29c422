using DockerGuardProxy.Listen;

namespace DockerGuardProxy.Http;

/// <summary>A body that has turned out to be long, while it is copied: it has large blocks, and leaves the thread to others in between.</summary>
/// <remarks>
/// The thread is the one that sees the sockets of others become ready. A copy whose two ends never have to be waited for would keep it from
/// all of them.
/// </remarks>
internal sealed class LongBody : IDisposable
{
    /// <summary>Bytes at a stretch that make a body long: half of the pieces in which Go copies one.</summary>
    public const int Piece = 16 * 1024;

    /// <summary>Bytes that a copy may move at a stretch; some hundred microseconds.</summary>
    private const int Turn = 1 << 20;

    private readonly BodyPool _pool;
    private long _moved;

    public LongBody(BodyPool pool)
    {
        _pool = pool;
        pool.BeginLongBody();
    }

    /// <summary>Takes account of bytes that were moved. True if it is the turn of others: the copy is to go on elsewhere, by Task.Yield.</summary>
    public bool IsTurnOver(long bytes)
    {
        _moved += bytes;
        if (_moved < Turn) return false;
        _moved = 0;
        return true;
    }

    public void Dispose() => _pool.EndLongBody();
}
