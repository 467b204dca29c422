using DockerGuardProxy.Listen;
using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Http;

/// <summary>
/// The way to the engine of a client that speaks HTTP/2: one connection for all its calls, dialled with the first and closed with the client's.
/// </summary>
/// <remarks>
/// One for all clients was rejected: one stream that nobody reads would exhaust the window of everybody. When the engine takes no further calls
/// on its connection, the client is told the same of its own (GOAWAY); a call that comes all the same is sent on another.
/// </remarks>
internal sealed class Http2Link : IDisposable
{
    /// <summary>
    /// What the long heads of calls under way hold in all, in characters of two bytes. A few bytes make a head of a mebibyte where they name a
    /// field of the connection's table over and over (RFC 7541 7.3): 250 such could hold 500 MB. An ordinary client never comes near.
    /// </summary>
    private const int LongHeads = 8 << 20;

    /// <summary>Characters of a head that is not counted: 250 of them hold no more than <see cref="LongHeads"/>.</summary>
    private const int ShortHead = 32 * 1024;

    private readonly EngineDialer _dialer;
    private int _heads;

    public Http2Link(EngineDialer dialer, ClientConnection client)
    {
        _dialer = dialer;
        Client = client;
        Invoker = EngineHandler.CreateHttp2(ConnectAsync);
    }

    /// <summary>The client's connection.</summary>
    public ClientConnection Client { get; }

    /// <summary>Its calls under way.</summary>
    public OpenStreams Streams { get; } = new();

    /// <summary>The engine's socket.</summary>
    public string EnginePath => _dialer.Path;

    /// <summary>Sends its calls; many at a time.</summary>
    public HttpMessageInvoker Invoker { get; }

    /// <summary>Takes a head up; false where there is too much of them.</summary>
    /// <param name="length">Its characters.</param>
    public bool TryTakeHead(int length)
    {
        if (length <= ShortHead || Interlocked.Add(ref _heads, length) <= LongHeads) return true;
        ReturnHead(length);
        return false;
    }

    /// <summary>The call of a head that was taken up has ended.</summary>
    public void ReturnHead(int length)
    {
        if (length > ShortHead) Interlocked.Add(ref _heads, -length);
    }

    public void Dispose() => Invoker.Dispose();

    private async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken) =>
        new Http2Stream(await _dialer.DialAsync(static () => { }, cancellationToken), OnEngineLeaving);

    // Elsewhere: what Kestrel does about it may end with the handler that is reading.
    private void OnEngineLeaving() =>
        ThreadPool.UnsafeQueueUserWorkItem(static client => client.RequestClose(), Client, preferLocal: false);
}
