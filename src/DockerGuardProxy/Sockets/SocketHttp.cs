using System.Net.Sockets;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Sockets;

/// <summary>Asks by HTTP over a Unix socket; one connection per question, so that a restart of the other side is no matter.</summary>
internal static class SocketHttp
{
    private const int MaxAnswer = 64 << 20;

    /// <summary>A client of one socket.</summary>
    /// <param name="path">Path of the socket.</param>
    /// <param name="limit">For a whole exchange.</param>
    public static HttpClient Create(string path, TimeSpan limit)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = (_, cancellationToken) => UnixConnection.OpenStreamAsync(path, cancellationToken),
            PooledConnectionLifetime = TimeSpan.Zero,
            UseProxy = false,
            AllowAutoRedirect = false,
        };
        return new HttpClient(handler) { BaseAddress = new Uri("http://localhost"), Timeout = limit, MaxResponseContentBufferSize = MaxAnswer };
    }

    /// <summary>Why there was no answer, in a few words of printable ASCII.</summary>
    /// <param name="cause">What the client threw.</param>
    /// <param name="server">Who should have answered: <c>the proxy</c>.</param>
    public static string Describe(HttpRequestException cause, string server) => cause.InnerException switch
    {
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => $"no such socket; is {server} running?",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => $"nobody serves it; is {server} running?",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "permission denied; only root may ask",
        SocketException { SocketErrorCode: SocketError.WouldBlock or SocketError.TryAgain } => "busy; try again",
        ArgumentException => "no path of a socket: at most 107 bytes",
        { } inner => LogText.Escape(inner.Message, 200),
        null => LogText.Escape(cause.Message, 200),
    };
}
