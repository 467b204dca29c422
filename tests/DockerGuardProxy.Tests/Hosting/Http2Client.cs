using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace DockerGuardProxy.Tests.Hosting;

/// <summary>A client of one connection that speaks HTTP/2.</summary>
internal static class Http2Client
{
    public static HttpMessageInvoker To(string path) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseProxy = false,
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    public static HttpRequestMessage Request(string method, string target, HttpContent? content = null) => new(
        new HttpMethod(method),
        new Uri("http://docker" + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Content = content,
    };

    public static Task<HttpResponseMessage> CallAsync(this HttpMessageInvoker client, string method, string target, HttpContent? content = null) =>
        client.SendAsync(Request(method, target, content), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20));
}
