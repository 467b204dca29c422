namespace DockerGuardProxy.Splice;

/// <summary>
/// Leaves the thread to others now and then: it is the one that sees their sockets become ready, and a copy whose two ends never have to be waited
/// for would keep it from all of them.
/// </summary>
internal struct Turns
{
    /// <summary>Bytes that are moved before others have their turn: some hundred microseconds.</summary>
    private const int Turn = 1 << 20;

    private int _moved;

    /// <summary>Takes account of bytes that were moved.</summary>
    public ValueTask YieldAfterAsync(int count)
    {
        _moved += count;
        if (_moved < Turn) return default;
        _moved = 0;
        return YieldAsync();
    }

    private static async ValueTask YieldAsync() => await Task.Yield();
}
