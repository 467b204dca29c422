using System.Threading.Channels;

namespace DockerGuardProxy.Demo.Simulation;

/// <summary>The engine's events: kept, and sent to all who listen. One lock: a listener misses none and gets none twice.</summary>
internal sealed class EventLog(TimeProvider time)
{
    /// <summary>As many as dockerd keeps (daemon/events/events.go, eventsLimit).</summary>
    private const int Limit = 256;

    private readonly Lock _gate = new();
    private readonly Queue<ContainerEvent> _kept = [];
    private readonly HashSet<ChannelWriter<ContainerEvent>> _listeners = [];

    /// <summary>The last events, oldest first.</summary>
    public IReadOnlyList<ContainerEvent> Kept
    {
        get { lock (_gate) return [.. _kept]; }
    }

    public void Add(SimulatedContainer container, string action, params ReadOnlySpan<(string Key, string Value)> attributes)
    {
        var entry = new ContainerEvent(container, action, [.. attributes], time.GetUtcNow());
        lock (_gate)
        {
            _kept.Enqueue(entry);
            if (_kept.Count > Limit) _kept.Dequeue();
            foreach (var listener in _listeners) listener.TryWrite(entry);
        }
    }

    /// <summary>Events from now on, and kept ones after <paramref name="since"/> if given, until the token is cancelled.</summary>
    public (ChannelReader<ContainerEvent> Events, Action End) Listen(DateTimeOffset? since)
    {
        var channel = Channel.CreateUnbounded<ContainerEvent>();
        lock (_gate)
        {
            foreach (var entry in _kept.Where(entry => entry.At > since)) channel.Writer.TryWrite(entry);
            _listeners.Add(channel.Writer);
        }

        return (channel.Reader, End);

        void End()
        {
            lock (_gate) _listeners.Remove(channel.Writer);
        }
    }
}
