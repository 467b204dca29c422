using System.Net.Sockets;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Tests.Hosting;
using Xunit;

namespace DockerGuardProxy.Tests.Listen;

/// <summary>The socket and what Kestrel is allowed on it.</summary>
public sealed class ProxyServerTests : ProxiedTests
{
    private const string Refusal = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request";

    [Fact]
    public async Task It_removes_its_socket_when_it_stops()
    {
        await Rig.StopAsync();
        Assert.False(Path.Exists(Rig.SocketPath));
        Assert.Equal("", await Client.RestAsync());
    }

    [Fact]
    public async Task It_leaves_a_successors_socket_alone()
    {
        File.Delete(Rig.SocketPath);
        using var successor = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        successor.Bind(new UnixDomainSocketEndPoint(Rig.SocketPath));
        var inode = SocketFile.Inode(Rig.SocketPath);
        await Rig.StopAsync();
        Assert.Equal(inode, SocketFile.Inode(Rig.SocketPath));
    }

    [Theory]
    [InlineData("garbage\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nbad header\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a b\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n")]
    public async Task Bad_heads_are_refused_in_the_engines_words(string head)
    {
        await Client.SendAsync(head);
        Assert.Equal(Refusal, await Client.RestAsync());
        Assert.True(Engine.IsQuiet);
    }

    [Fact]
    public async Task An_unknown_version_is_refused_in_the_engines_words()
    {
        await Client.SendAsync("GET / HTTP/3.0\r\nHost: h\r\n\r\n");
        Assert.StartsWith(
            "HTTP/1.1 505 HTTP Version Not Supported: unsupported protocol version\r\n", await Client.RestAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_behind_an_answer_reads_so_too()
    {
        await Client.SendAsync("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await Client.HeadAsync();
        await Client.SendAsync("garbage\r\n\r\n");
        Assert.Equal(Refusal, await Client.RestAsync());
    }

    [Fact]
    public async Task Long_targets_and_headers_pass()
    {
        var head = $"GET /x?{new string('a', 60_000)} HTTP/1.1\r\nHost: h\r\nX-Registry-Auth: {new string('b', 200_000)}\r\n\r\n";
        await Client.SendAsync(head);
        var connection = await Engine.AcceptAsync();
        Assert.Equal(head, await connection.HeadAsync());
    }

    [Fact]
    public async Task A_head_beyond_the_engines_limit_is_refused_as_there()
    {
        var sending = Client.SendAsync($"GET / HTTP/1.1\r\nHost: h\r\nA: {new string('b', 1_200_000)}\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 431 Request Header Fields Too Large\r\n", await Client.HeadAsync(), StringComparison.Ordinal);
        await Record.ExceptionAsync(() => sending);
    }

    [Fact]
    public async Task A_client_that_ends_its_side_between_requests_is_let_go()
    {
        Client.HalfClose();
        Assert.Equal("", await Client.RestAsync());
    }

    [Fact]
    public async Task HEAD_204_and_304_have_no_body()
    {
        await Client.SendAsync(
            "HEAD /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\nGET /c HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        foreach (var answer in new[]
        {
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nDate: d\r\n\r\n", "HTTP/1.1 204 No Content\r\nDate: d\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nDate: d\r\n\r\n",
        })
        {
            await connection.HeadAsync();
            await connection.SendAsync(answer);
            Assert.Equal(answer, await Client.HeadAsync());
        }
    }
}
