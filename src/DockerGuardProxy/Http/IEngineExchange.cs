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
}
