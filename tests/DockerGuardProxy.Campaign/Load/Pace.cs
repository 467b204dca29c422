namespace DockerGuardProxy.Campaign.Load;

/// <summary>Lets so many calls a second go, at even distances. Turns that nobody took are not made up for.</summary>
internal sealed class Pace(double perSecond)
{
    private readonly TimeSpan _distance = TimeSpan.FromSeconds(1 / perSecond);

    // Guards the next turn: each is given once.
    private readonly Lock _gate = new();
    private TimeSpan _next;

    /// <summary>Waits for a turn.</summary>
    public Task TakeAsync()
    {
        TimeSpan ahead;
        lock (_gate)
        {
            var now = Clock.Now;
            var turn = _next > now ? _next : now;
            _next = turn + _distance;
            ahead = turn - now;
        }

        // Shorter than a timer can wait for.
        return ahead < TimeSpan.FromMilliseconds(1) ? Task.CompletedTask : Task.Delay(ahead);
    }
}
