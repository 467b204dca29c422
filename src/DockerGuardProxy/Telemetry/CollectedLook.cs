namespace DockerGuardProxy.Telemetry;

/// <summary>
/// One look for all instruments of a collection. Nothing tells of a collection's beginning, but each of its instruments is asked once: one
/// that is asked again begins the next.
/// </summary>
/// <param name="look">The look.</param>
/// <param name="time">By which a look is too old, where the one before was not finished.</param>
internal sealed class CollectedLook<T>(Func<T> look, TimeProvider time)
    where T : class
{
    /// <summary>A collection takes milliseconds.</summary>
    private static readonly TimeSpan Counts = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly HashSet<int> _served = [];
    private T? _last;
    private long _lookedAt;
    private int _instruments;

    /// <summary>What a further instrument shows of it.</summary>
    public Func<TShown> For<TShown>(Func<T, TShown> show)
    {
        var instrument = _instruments++;
        return () => show(Serve(instrument));
    }

    private T Serve(int instrument)
    {
        lock (_gate)
        {
            if (_last is null || _served.Contains(instrument) || time.GetElapsedTime(_lookedAt) >= Counts)
            {
                _lookedAt = time.GetTimestamp();
                _last = look();
                _served.Clear();
            }

            _served.Add(instrument);
            return _last;
        }
    }
}
