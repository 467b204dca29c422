using System.Net.Sockets;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>.NET's HTTP client on a Unix socket.</summary>
internal static class UnixHandler
{
    /// <summary>One whose connections all lead there, whatever host is asked for.</summary>
    public static SocketsHttpHandler To(string path) => new()
    {
        UseProxy = false,
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };
}
