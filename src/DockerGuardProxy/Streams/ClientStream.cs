using System.Net.Sockets;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Streams;

/// <summary>
/// A call under way whose bytes may wait for its client: says since when something does, and how often it has moved on.
/// </summary>
/// <remarks>Written by the call's own tasks, read by the watch; what waits is one operation at a time.</remarks>
/// <param name="kind">What it is.</param>
/// <param name="reference">Whom it means as its caller says it: a container, an exec instance, nothing for events.</param>
/// <param name="client">The client's socket.</param>
/// <param name="streams">All of them.</param>
internal sealed class ClientStream(StreamKind kind, string reference, Socket client, ClientStreams streams)
{
    private long _waitsSince;
    private long _bodySent;
    private int _moves;
    private Action<ClientStream>? _cut;
    private volatile Socket? _engine;

    public StreamKind Kind => kind;

    public string Reference => reference;

    /// <summary>The client's socket.</summary>
    public Socket Client => client;

    /// <summary>The engine's connection; null until there is one.</summary>
    public Socket? Engine => _engine;

    /// <summary>Full id of the container that it means, or that its exec instance is of; null where that was not known at its beginning.</summary>
    public string? ContainerId { get; init; }

    /// <summary>Timestamp of its beginning.</summary>
    public long Began { get; } = streams.Now;

    /// <summary>Since when its client is waited for, as a timestamp; 0 while it is not.</summary>
    public long WaitsSince => Interlocked.Read(ref _waitsSince);

    /// <summary>How often a wait has ended: another number is a client that has moved.</summary>
    public int Moves => Volatile.Read(ref _moves);

    /// <summary>What is under way, once the engine has granted a stream of its own.</summary>
    public StreamPump? Pump { get; private set; }

    /// <summary>Called once, when the first bytes of the stream that the engine has granted have come; null for most.</summary>
    public Action? OnBegun { get; set; }

    /// <summary>What is to be done about it was said, whether or not it was done; for the watch alone.</summary>
    public bool IsSaid { get; set; }

    /// <summary>What was to be done about it was done; for the watch alone.</summary>
    public bool IsDone { get; set; }

    /// <summary>Tells the bytes that wait for the client; for the watch alone.</summary>
    public UnreadBytes Unread { get; } = new();

    /// <summary>The same of the engine.</summary>
    public UnreadBytes UnreadByEngine { get; } = new();

    /// <summary>Of an upload: how many bytes of its body have gone to the engine's socket.</summary>
    public long BodySent
    {
        get => Interlocked.Read(ref _bodySent);
        set => Interlocked.Exchange(ref _bodySent, value);
    }

    /// <summary>It goes on this connection.</summary>
    /// <param name="engine">The connection.</param>
    /// <param name="cut">Ends the call for both sides, if it is still under way: the connection may have gone on to another.</param>
    public void Bind(Socket engine, Action<ClientStream> cut)
    {
        _cut = cut;
        _engine = engine;
    }

    /// <summary>Ends the call for both sides; one that has ended by itself is left alone.</summary>
    public void Cut() => _cut?.Invoke(this);

    /// <summary>The engine has granted a stream: copies what it sends, to its end.</summary>
    /// <returns>True if it has come to its end; false if it broke off, or was closed here.</returns>
    /// <exception cref="SocketException">The client reads no more, or the engine's side broke off.</exception>
    public Task<bool> CopyAsync(IStreamEnds ends)
    {
        Pump = new StreamPump(ends, OnBegun);
        return Pump.RunAsync();
    }

    /// <summary>Sends all of it to the client.</summary>
    /// <exception cref="SocketException">It reads no more.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var sending = client.SendAllAsync(bytes);
        return sending.IsCompletedSuccessfully ? sending : WaitForAsync(sending);
    }

    /// <summary>Waits until the client has sent something, or its end.</summary>
    public ValueTask WaitForInputAsync()
    {
        var waiting = client.WaitReadableAsync();
        return waiting.IsCompletedSuccessfully && client.Look() != InputState.Nothing ? default : WaitForAsync(InputAsync(waiting));
    }

    /// <summary>One wait, however often it ends for nothing: that is no move of the client's.</summary>
    private async ValueTask InputAsync(ValueTask<int> waiting)
    {
        await waiting;
        while (client.Look() == InputState.Nothing) await client.WaitReadableAsync();
    }

    private async ValueTask WaitForAsync(ValueTask moving)
    {
        Interlocked.Exchange(ref _waitsSince, streams.Now);
        streams.OnWait();
        try
        {
            await moving;
        }
        finally
        {
            Volatile.Write(ref _moves, _moves + 1);
            Interlocked.Exchange(ref _waitsSince, 0);
        }
    }
}
