using System.Collections.Concurrent;
using DockerGuardProxy.Timing;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Listen;

/// <summary>
/// Looks after peers that have ended their sending side, or sent more than is read yet: nobody reads from them, so that their departure raises no
/// event, and is polled for. Nothing runs while there is no such peer.
/// </summary>
internal sealed class DepartureWatch : IDisposable
{
    /// <summary>A client that leaves a half-closed connection frees the engine's side within this time.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<IDeparting, byte> _watched = new();
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly ILogger _logger;
    private bool _running;

    public DepartureWatch(TimeProvider time, ILogger logger)
    {
        _logger = logger;
        _timer = time.CreateSafeTimer(Look, e => ListenLog.DepartureFault(_logger, e), Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many are looked after.</summary>
    public int Count => _watched.Count;

    public void Add(IDeparting departing)
    {
        _watched[departing] = 0;
        lock (_gate)
        {
            if (_running) return;
            _running = true;
            _timer.Change(Period, Period);
        }
    }

    public void Remove(IDeparting departing) => _watched.TryRemove(departing, out _);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        foreach (var (departing, _) in _watched)
        {
            try
            {
                departing.LookForDeparture();
            }
            catch (Exception e)
            {
                // What one client's end leads to must not keep those of others from being seen.
                ListenLog.DepartureFault(_logger, e);
            }
        }

        lock (_gate)
        {
            // An Add between the check and here sets the timer again: both hold the gate.
            if (!_watched.IsEmpty || !_running) return;
            _running = false;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
