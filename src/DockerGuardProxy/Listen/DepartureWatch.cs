using System.Collections.Concurrent;
using DockerGuardProxy.Timing;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Listen;

/// <summary>
/// Looks after clients that have ended their sending side: their later departure raises no event, since the transport
/// no longer reads from them, so it is polled for. Nothing runs while there is no such client.
/// </summary>
internal sealed class DepartureWatch : IDisposable
{
    /// <summary>A client that leaves a half-closed connection frees the engine's side within this time.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<ClientConnection, byte> _watched = new();
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private bool _running;

    private readonly ILogger _logger;

    public DepartureWatch(TimeProvider time, ILogger logger)
    {
        _logger = logger;
        _timer = time.CreateSafeTimer(Look, e => ListenLog.DepartureFault(_logger, e), Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(ClientConnection connection)
    {
        _watched[connection] = 0;
        lock (_gate)
        {
            if (_running) return;
            _running = true;
            _timer.Change(Period, Period);
        }
    }

    public void Remove(ClientConnection connection) => _watched.TryRemove(connection, out _);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        foreach (var (connection, _) in _watched)
        {
            try
            {
                connection.LookForDeparture();
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
