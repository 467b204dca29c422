using System.Text;

namespace DockerGuardProxy.Http;

/// <summary>The HTTP client towards the engine: one that changes nothing and gives up on nothing.</summary>
internal static class EngineHandler
{
    /// <summary>
    /// What the engine may send on one stream of HTTP/2 before it is read, in bytes, and so what is held of it: 62 MiB of the 250 that a client has
    /// at most, below the 64 MiB that the handler itself has for a connection. It does not grow, as it would to 16 MiB a stream: dynamic sizing
    /// is off in the project file, and with it the PINGs that it takes.
    /// </summary>
    internal const int StreamWindow = 256 * 1024;

    /// <summary>Makes one; its connections live as long as it does.</summary>
    /// <param name="connect">Opens a connection: an <see cref="EngineStream"/>, which puts the real head in place of the stand-in.</param>
    public static HttpMessageInvoker Create(Func<CancellationToken, ValueTask<Stream>> connect) => new(New(connect));

    /// <summary>Makes one for HTTP/2.</summary>
    /// <param name="connect">Opens a connection: an <see cref="Http2Stream"/>.</param>
    public static HttpMessageInvoker CreateHttp2(Func<CancellationToken, ValueTask<Stream>> connect) => new(new Http2Handler(New(connect)));

    private static SocketsHttpHandler New(Func<CancellationToken, ValueTask<Stream>> connect) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        ConnectTimeout = Timeout.InfiniteTimeSpan,
        // The engine says 100, or answers, when it does.
        Expect100ContinueTimeout = Timeout.InfiniteTimeSpan,
        PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
        // Draining an answer that nobody reads would only keep the engine busy.
        MaxResponseDrainSize = 0,
        // In KB: what Go's own clients take (net/http Transport.MaxResponseHeaderBytes).
        MaxResponseHeadersLength = 10 * 1024,
        InitialHttp2StreamWindowSize = StreamWindow,
        RequestHeaderEncodingSelector = static (_, request) =>
        {
            Http2Content.ThrowIfBegun(request);
            return Encoding.Latin1;
        },
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ConnectCallback = (_, cancellationToken) => connect(cancellationToken),
    };
}
