namespace DockerGuardProxy.Forward;

/// <summary>
/// The turn of one copy on the thread that it runs on, which is the one that sees the sockets of others become ready: a copy whose two ends
/// never have to be waited for would keep it from all of them.
/// </summary>
internal struct CopyTurn
{
    /// <summary>Bytes that a copy may move at a stretch; some hundred microseconds.</summary>
    private const int Length = 1 << 20;

    private long _moved;

    /// <summary>Takes account of bytes that were moved. True if it is the turn of others: the copy is to go on elsewhere, by Task.Yield.</summary>
    public bool IsOver(long bytes)
    {
        _moved += bytes;
        if (_moved < Length) return false;
        _moved = 0;
        return true;
    }
}
