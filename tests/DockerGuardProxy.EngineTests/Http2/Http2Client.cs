using System.Net;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.EngineTests.Http2;

/// <summary>A client that speaks HTTP/2 on one connection.</summary>
internal static class Http2Client
{
    public static HttpMessageInvoker To(string path) => new(UnixHandler.To(path));

    public static HttpRequestMessage Request(string method, string target) => new(new HttpMethod(method), "http://docker" + target)
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };
}
