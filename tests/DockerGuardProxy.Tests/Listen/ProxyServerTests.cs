using System.Net.Sockets;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Tests.Hosting;
using Xunit;

namespace DockerGuardProxy.Tests.Listen;

/// <summary>The socket and what Kestrel is allowed on it.</summary>
public sealed class ProxyServerTests : IAsyncLifetime
{
    private const string Refusal = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request";

    private ProxyRig _rig = null!;
    private RawEngine _engine = null!;
    private RawPeer _client = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await ProxyRig.StartAsync();
        _engine = _rig.NewEngine();
        _client = await _rig.ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _engine.Dispose();
        await _rig.DisposeAsync();
    }

    [Fact]
    public async Task It_removes_its_socket_when_it_stops()
    {
        await _rig.StopAsync();
        Assert.False(Path.Exists(_rig.SocketPath));
        Assert.Equal("", await _client.RestAsync());
    }

    [Fact]
    public async Task It_leaves_a_successors_socket_alone()
    {
        File.Delete(_rig.SocketPath);
        using var successor = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        successor.Bind(new UnixDomainSocketEndPoint(_rig.SocketPath));
        var inode = SocketFile.Inode(_rig.SocketPath);
        await _rig.StopAsync();
        Assert.Equal(inode, SocketFile.Inode(_rig.SocketPath));
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
        await _client.SendAsync(head);
        Assert.Equal(Refusal, await _client.RestAsync());
        Assert.True(_engine.IsQuiet);
    }

    [Fact]
    public async Task An_unknown_version_is_refused_in_the_engines_words()
    {
        await _client.SendAsync("GET / HTTP/3.0\r\nHost: h\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 505 HTTP Version Not Supported: unsupported protocol version\r\n", await _client.RestAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_HTTP_2_preface_is_no_way_round_the_guard()
    {
        await _client.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        await _client.RestAsync();
        Assert.True(_engine.IsQuiet);
    }

    [Fact]
    public async Task A_refusal_behind_an_answer_reads_so_too()
    {
        await _client.SendAsync("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await _engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await _client.HeadAsync();
        await _client.SendAsync("garbage\r\n\r\n");
        Assert.Equal(Refusal, await _client.RestAsync());
    }

    [Fact]
    public async Task Long_targets_and_headers_pass()
    {
        var head = $"GET /x?{new string('a', 60_000)} HTTP/1.1\r\nHost: h\r\nX-Registry-Auth: {new string('b', 200_000)}\r\n\r\n";
        await _client.SendAsync(head);
        var connection = await _engine.AcceptAsync();
        Assert.Equal(head, await connection.HeadAsync());
    }

    [Fact]
    public async Task A_head_beyond_the_engines_limit_is_refused_as_there()
    {
        var sending = _client.SendAsync($"GET / HTTP/1.1\r\nHost: h\r\nA: {new string('b', 1_200_000)}\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 431 Request Header Fields Too Large\r\n", await _client.HeadAsync(), StringComparison.Ordinal);
        await Record.ExceptionAsync(() => sending);
    }

    [Fact]
    public async Task A_client_that_ends_its_side_between_requests_is_let_go()
    {
        _client.HalfClose();
        Assert.Equal("", await _client.RestAsync());
    }

    [Fact]
    public async Task HEAD_204_and_304_have_no_body()
    {
        await _client.SendAsync(
            "HEAD /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\nGET /c HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await _engine.AcceptAsync();
        foreach (var answer in new[]
        {
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nDate: d\r\n\r\n", "HTTP/1.1 204 No Content\r\nDate: d\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nDate: d\r\n\r\n",
        })
        {
            await connection.HeadAsync();
            await connection.SendAsync(answer);
            Assert.Equal(answer, await _client.HeadAsync());
        }
    }
}
