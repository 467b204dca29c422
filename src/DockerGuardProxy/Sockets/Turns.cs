namespace DockerGuardProxy.Sockets;

/// <summary>
/// Leaves the thread to others now and then: it is the one that sees their sockets become ready, and a copy whose two ends never have to be waited
/// for would keep it from all of them.
/// </summary>
/// <param name="length">Bytes that are moved before others have their turn.</param>
internal struct Turns(int length)
{
    /// <summary>Where the bytes go from one socket to another as they are: some hundred microseconds.</summary>
    public const int OfSockets = 1 << 20;

    /// <summary>Where each byte is looked at on its way, as frames of HTTP/2 are.</summary>
    public const int OfFrames = 256 * 1024;

    private int _moved;

    /// <summary>Takes account of bytes that were moved.</summary>
    public ValueTask YieldAfterAsync(int count)
    {
        _moved += count;
        if (_moved < length) return default;
        _moved = 0;
        return YieldAsync();
    }

    private static async ValueTask YieldAsync() => await Task.Yield();
}
