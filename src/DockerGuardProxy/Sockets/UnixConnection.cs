using System.Net.Sockets;

namespace DockerGuardProxy.Sockets;

/// <summary>Connects to a Unix socket.</summary>
internal static class UnixConnection
{
    /// <summary>Connects, in one try.</summary>
    /// <param name="endPoint">The socket's path.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="SocketException">
    /// The socket is missing, nobody listens, or the backlog is full: that shows as EAGAIN at once on a non-blocking socket (connect(2)).
    /// </exception>
    public static async ValueTask<Socket> OpenAsync(UnixDomainSocketEndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The same as a stream that owns its socket, for an HTTP client.</summary>
    /// <exception cref="ArgumentException">The path is longer than the kernel takes (107 bytes).</exception>
    /// <exception cref="SocketException">As <see cref="OpenAsync"/>.</exception>
    public static async ValueTask<Stream> OpenStreamAsync(string path, CancellationToken cancellationToken) =>
        new NetworkStream(await OpenAsync(new UnixDomainSocketEndPoint(path), cancellationToken), ownsSocket: true);
}
