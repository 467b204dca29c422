using System.Collections.Concurrent;
using DockerGuardProxy.Timing;

namespace DockerGuardProxy.Streams;

/// <summary>Every call under way whose bytes may wait for its client; wakes its watch when one does.</summary>
internal sealed class ClientStreams(TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<ClientStream, byte> _open = new();
    private readonly WakeSignal _waits = new();
    private int _isAsleep;

    /// <summary>All of them, as they come and go.</summary>
    public IEnumerable<ClientStream> Open => _open.Select(static open => open.Key);

    /// <summary>A timestamp, never 0.</summary>
    internal long Now => Math.Max(1, time.GetTimestamp());

    public void Add(ClientStream stream) => _open[stream] = 0;

    public void Remove(ClientStream stream) => _open.TryRemove(stream, out _);

    /// <summary>Waits until a client is waited for. For one watch.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        // Said before it is looked, as a stream says that it waits before it looks whether somebody sleeps: one of the two sees the other.
        Interlocked.Exchange(ref _isAsleep, 1);
        if (!Open.Any(static stream => stream.WaitsSince != 0)) await _waits.WaitAsync(cancellationToken);
        Interlocked.Exchange(ref _isAsleep, 0);
    }

    /// <summary>A client is waited for from now on.</summary>
    internal void OnWait()
    {
        if (Volatile.Read(ref _isAsleep) != 0) _waits.Give();
    }

    public void Dispose() => _waits.Dispose();
}
