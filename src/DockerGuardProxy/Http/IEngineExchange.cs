using System.Net.Sockets;

namespace DockerGuardProxy.Http;

/// <summary>Whoever has a request to send on an <see cref="EngineStream"/>.</summary>
internal interface IEngineExchange
{
    /// <summary>True while the bytes of an answer's head matter.</summary>
    public bool WatchesAnswer { get; }

    /// <summary>Sends the request's head on the stream.</summary>
    /// <exception cref="IOException">It was sent before and must not be sent again.</exception>
    public ValueTask SendHeadAsync(EngineStream stream, CancellationToken cancellationToken);

    /// <summary>Bytes of an answer that <see cref="WatchesAnswer"/> asked for.</summary>
    public void OnAnswerBytes(ReadOnlySpan<byte> bytes);

    /// <summary>True where the connection may have to outlive the request; see <see cref="TryLeave"/>. Does not change while it is open.</summary>
    public bool MayLeave => false;

    /// <summary>The stream is about to be closed. True if its connection is somebody else's from now on, and stays open.</summary>
    public bool TryLeave(Socket socket) => false;
}
