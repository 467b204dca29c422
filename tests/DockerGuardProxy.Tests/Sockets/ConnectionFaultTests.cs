using System.Net.Sockets;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Tests.Configuration;
using Xunit;

namespace DockerGuardProxy.Tests.Sockets;

public sealed class ConnectionFaultTests
{
    private const string Refused = "connection refused (nobody listens there)";
    private const string Missing = "the socket does not exist";
    private const string Lost = "the connection was lost before it answered";
    private const string NoHttp = "it answered with something that is not HTTP";

    public static TheoryData<Exception?, string> Causes => new()
    {
        { null, "unknown" },
        { new SocketException((int)SocketError.ConnectionRefused), Refused },
        { new HttpRequestException("x", new SocketException((int)SocketError.ConnectionRefused)), Refused },
        { new AggregateException(new HttpRequestException("x", new SocketException((int)SocketError.ConnectionRefused))), Refused },
        { new SocketException((int)SocketError.AddressNotAvailable), Missing },
        { new FileNotFoundException(), Missing },
        { new SocketException((int)SocketError.AccessDenied), "permission denied" },
        { new SocketException((int)SocketError.ConnectionReset), Lost },
        { new HttpRequestException("x", new SocketException((int)SocketError.Shutdown)), Lost },
        { new HttpRequestException("x", new HttpIOException(HttpRequestError.ResponseEnded)), Lost },
        { new HttpRequestException("x", new HttpIOException(HttpRequestError.InvalidResponse)), NoHttp },
        { new HttpRequestException("x", new IOException("of its own")), "of its own" },
        { new HttpRequestException("x"), "unknown" },
    };

    [Theory]
    [MemberData(nameof(Causes), DisableDiscoveryEnumeration = true)]
    public void The_cause_is_told_in_a_few_words(Exception? cause, string told) => Assert.Equal(told, ConnectionFault.Describe(cause));

    [Fact]
    public async Task What_connecting_really_throws_is_told_as_well()
    {
        using var folder = new TempFolder();
        Assert.Equal(Missing, ConnectionFault.Describe(await ConnectAsync(folder["none"])));
        Assert.Equal(Missing, ConnectionFault.Describe(await ConnectAsync(folder["none/none"])));

        File.WriteAllText(folder["file"], "");
        Assert.Equal(Refused, ConnectionFault.Describe(await ConnectAsync(folder["file"])));
    }

    private static async Task<Exception?> ConnectAsync(string path) => await Record.ExceptionAsync(
        async () => await new EngineDialer(path, TimeProvider.System).DialAsync(static () => { }, TestContext.Current.CancellationToken));
}
