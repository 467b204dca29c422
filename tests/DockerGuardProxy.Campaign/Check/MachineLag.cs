namespace DockerGuardProxy.Campaign.Check;

/// <summary>
/// How late the machine lets a thread of ours run: what a proxy can't be blamed for. A thread of its own sleeps for a moment again and again and
/// notes by how much longer it slept, the most of each second.
/// </summary>
internal sealed class MachineLag : IDisposable
{
    private static readonly TimeSpan Sleep = TimeSpan.FromMilliseconds(50);

    // Guards the seconds, which are only added to.
    private readonly Lock _gate = new();
    private readonly List<TimeSpan> _seconds = [];
    private volatile bool _isEnding;

    public MachineLag()
    {
        new Thread(Run) { IsBackground = true, Name = "lag" }.Start();
    }

    /// <summary>The most there was between two times.</summary>
    public TimeSpan Between(TimeSpan from, TimeSpan to)
    {
        lock (_gate)
        {
            var most = TimeSpan.Zero;
            for (var second = Math.Max(0, (int)from.TotalSeconds); second <= (int)to.TotalSeconds && second < _seconds.Count; second++)
                most = _seconds[second] > most ? _seconds[second] : most;
            return most;
        }
    }

    public void Dispose() => _isEnding = true;

    private void Run()
    {
        while (!_isEnding)
        {
            var before = Clock.Now;
            Thread.Sleep(Sleep);
            var now = Clock.Now;
            lock (_gate)
            {
                while (_seconds.Count <= (int)now.TotalSeconds) _seconds.Add(TimeSpan.Zero);
                // Every second that it has slept through.
                for (var second = (int)before.TotalSeconds; second <= (int)now.TotalSeconds; second++)
                    _seconds[second] = now - before - Sleep > _seconds[second] ? now - before - Sleep : _seconds[second];
            }
        }
    }
}
