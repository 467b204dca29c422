using System.Collections.Concurrent;

namespace DockerGuardProxy.Listen;

/// <summary>Every open connection of a client.</summary>
internal sealed class ClientConnections
{
    private readonly ConcurrentDictionary<ClientConnection, byte> _open = new();

    /// <summary>Their number; takes every lock of the dictionary.</summary>
    public int Count => _open.Count;

    public void Add(ClientConnection connection) => _open[connection] = 0;

    public void Remove(ClientConnection connection) => _open.TryRemove(connection, out _);

    /// <summary>
    /// True while a call is about to be answered, or a connection is about to close by itself: to cut it now would lose what a moment later is
    /// done. What has streamed for a while, or waits for an answer that takes its time, is none.
    /// </summary>
    public bool AnyBrief() => _open.Any(static open => open.Key.IsBrief);
}
