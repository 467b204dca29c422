using System.Net.Sockets;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Http;

/// <summary>
/// A call that is alone with the engine: its connection is kept, half-closed, until the engine answers on it or closes it. That is looked for now and
/// then: a read of its own would stand behind the one that SocketsHttpHandler gave up.
/// </summary>
internal sealed class LeftCall : IDeparting
{
    private readonly Socket _engine;
    private readonly DepartureWatch _watch;
    private readonly Action _onSeen;
    private int _isSeen;

    /// <param name="engine">The connection; owned from here on.</param>
    /// <param name="watch">Looks.</param>
    /// <param name="onSeen">Called once, when the answer has begun or the connection has ended.</param>
    public LeftCall(Socket engine, DepartureWatch watch, Action onSeen)
    {
        (_engine, _watch, _onSeen) = (engine, watch, onSeen);
        engine.EndSending();
    }

    /// <inheritdoc/>
    public void LookForDeparture()
    {
        if (Volatile.Read(ref _isSeen) != 0 || !_engine.Poll(0, SelectMode.SelectRead) || Interlocked.Exchange(ref _isSeen, 1) != 0) return;
        _watch.Remove(this);
        _engine.Dispose();
        _onSeen();
    }
}
