using System.Net;
using System.Net.Sockets;

namespace DockerGuardProxy.EngineTests.Http2;

/// <summary>A client that speaks HTTP/2 on one connection.</summary>
internal static class Http2Client
{
    public static HttpMessageInvoker To(string path) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    public static HttpRequestMessage Request(string method, string target) => new(new HttpMethod(method), "http://docker" + target)
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };
}
