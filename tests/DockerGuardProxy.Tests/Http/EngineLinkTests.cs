using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Hosting;
using Xunit;

namespace DockerGuardProxy.Tests.Http;

/// <summary>The way to the engine of calls in the HTTP lane, and of either lane where it makes no difference, through the running proxy.</summary>
public sealed class EngineLinkTests : ProxiedTests
{
    private const string Empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    [Fact]
    public async Task Head_body_and_answer_pass_unchanged()
    {
        const string request = "POST /v1.41/a%2f?x#y HTTP/1.1\r\nhost: docker\r\nX-odd:  a\r\nX-odd: b\r\nContent-Length: 4\r\n\r\nbody";
        const string answer = "HTTP/1.1 418 I'm odd\r\nX-a: 1\r\nDate: Mon, 02 Mar 2026 08:00:00 GMT\r\nServer: Docker\r\nContent-Length: 3\r\nContent-Type: text/plain\r\n\r\nyes";
        await Client.SendAsync(request);
        var connection = await Engine.AcceptAsync();
        var (head, body) = await connection.AnswerAsync();
        Assert.Equal(("POST /v1.41/a%2f?x#y HTTP/1.1", "body"), (head.Split('\r')[0], body));
        Assert.Equal(["Content-Length: 4", "Host: docker", "X-odd: a", "X-odd: b"], Lines(head));
        await connection.SendAsync(answer);
        (head, body) = await Client.AnswerAsync();
        Assert.Equal(("HTTP/1.1 418 I'm odd", "yes"), (head.Split('\r')[0], body));
        Assert.Equal(Lines(answer[..^3]), Lines(head));
    }

    [Theory]
    [InlineData("%2Fvar%2Frun%2Fdocker.sock")]
    [InlineData("[::1]:2375")]
    [InlineData(":80")]
    [InlineData("a_b")]
    [InlineData("")]
    public async Task A_host_that_Kestrel_refuses_reaches_the_engine(string host)
    {
        await Client.SendAsync($"GET /\u00e4 HTTP/1.1\r\nHost: {host}\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        Assert.Equal($"GET /\u00e4 HTTP/1.1\r\nHost: {host}\r\n\r\n", await connection.HeadAsync());
    }

    [Fact]
    public async Task Each_call_of_this_lane_has_a_connection_of_its_own()
    {
        await Client.SendAsync("POST /first HTTP/1.1\r\nHost: a_b\r\n\r\nPOST /second HTTP/1.1\r\nHost: c_d\r\n\r\n");
        foreach (var (target, host) in new[] { ("/first", "a_b"), ("/second", "c_d") })
        {
            var connection = await Engine.AcceptAsync();
            Assert.Equal($"POST {target} HTTP/1.1\r\nHost: {host}\r\n\r\n", await connection.HeadAsync());
            await connection.SendAsync(Empty);
            Assert.StartsWith("HTTP/1.1 200 OK\r\n", await Client.HeadAsync(), StringComparison.Ordinal);
            Assert.Equal("", await connection.RestAsync());
        }
    }

    [Theory]
    [InlineData("POST", "")]
    [InlineData("POST", "body")]
    [InlineData("DELETE", "")]
    [InlineData("PUT", "body")]
    public async Task What_may_change_something_is_never_sent_twice(string method, string body)
    {
        await ServeOneAsync();
        await Client.SendAsync($"{method} /x HTTP/1.1\r\nHost: h\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        var connection = await Engine.AcceptAsync();
        await connection.AnswerAsync();
        connection.Dispose();
        await AssertFailsAsync("the connection was lost before it answered");
        Assert.True(Engine.IsQuiet);
    }

    [Fact]
    public async Task A_connection_that_is_reset_before_an_answer_is_502()
    {
        await Client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await Engine.AcceptAsync();

        // A Unix socket that is closed with bytes unread resets its peer.
        await Eventually.Async(() => !connection.IsSilent);
        connection.Dispose();
        await AssertFailsAsync("the connection was lost before it answered");
    }

    [Fact]
    public async Task A_connection_that_ends_before_an_answer_is_502_in_the_same_words()
    {
        await Client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        connection.Dispose();
        await AssertFailsAsync("the connection was lost before it answered");
        Assert.True(Engine.IsQuiet);
    }

    [Fact]
    public async Task A_missing_engine_is_502_and_its_return_is_enough()
    {
        Engine.Dispose();
        await Client.SendAsync("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
        await AssertFailsAsync("the socket does not exist");

        await File.WriteAllTextAsync(Rig.EnginePath, "", TestContext.Current.CancellationToken);
        await Client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx");
        await AssertFailsAsync("connection refused (nobody listens there)");

        File.Delete(Rig.EnginePath);
        Engine = Rig.NewEngine();
        await ServeOneAsync();
    }

    [Fact]
    public async Task What_is_not_HTTP_is_502()
    {
        await Client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("SSH-2.0-OpenSSH\r\n\r\n");
        await AssertFailsAsync("it answered with something that is not HTTP");
    }

    [Theory]
    [InlineData("GET", "/events")]
    [InlineData("POST", "/containers/a/wait?condition=next-exit")]
    public async Task The_head_of_an_answer_comes_before_its_body(string method, string target)
    {
        await Client.SendAsync($"{method} {target} HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await Client.HeadAsync(), StringComparison.Ordinal);
        await connection.SendAsync("3\r\nend\r\n0\r\n\r\n");
        Assert.Equal("3\r\nend\r\n0\r\n\r\n", await Client.TextAsync(13));
    }

    [Fact]
    public async Task A_half_close_reaches_the_engine_and_the_answer_the_client()
    {
        await Client.SendAsync("GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
        Client.HalfClose();
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        Assert.Equal("", await connection.RestAsync());
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate");
        Assert.Equal("late", (await Client.AnswerAsync()).Body);
        Assert.Equal("", await Client.RestAsync());
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_engines_side()
    {
        await Client.SendAsync("GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        await Client.HeadAsync();
        Client.Dispose();
        Assert.Equal("", await connection.RestAsync());
    }

    [Fact]
    public async Task A_client_that_leaves_after_a_half_close_ends_the_engines_side()
    {
        await Client.SendAsync("GET /events HTTP/1.1\r\nHost: h\r\n\r\n");
        Client.HalfClose();
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.RestAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        await Client.HeadAsync();
        Client.Dispose();

        // A closed connection refuses what is sent; a half-closed one would take it.
        await Assert.ThrowsAsync<System.Net.Sockets.SocketException>(async () =>
        {
            for (var i = 0; i < 1000; i++)
            {
                await connection.SendAsync("1\r\nx\r\n");
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }
        });
    }

    [Fact]
    public async Task An_idle_client_that_leaves_ends_the_engines_side()
    {
        var connection = await ServeOneAsync();
        Client.Dispose();
        Assert.Equal("", await connection.RestAsync());
    }

    [Fact]
    public async Task A_request_that_has_come_whole_is_delivered_although_its_client_has_left()
    {
        await Client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody");
        Client.Dispose();
        var connection = await Engine.AcceptAsync();
        Assert.Equal("body", (await connection.AnswerAsync()).Body);
    }

    [Fact]
    public async Task HTTP_1_0_without_length_or_host_is_served_in_kind()
    {
        await Client.SendAsync("POST /containers/a/start HTTP/1.0\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        Assert.Equal("POST /containers/a/start HTTP/1.1\r\nHost: \r\n\r\n", await connection.HeadAsync());
        await connection.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nend\r\n0\r\n\r\n");
        Assert.Equal("HTTP/1.0 200 OK\r\n\r\nend", await Client.RestAsync());
    }

    private static string[] Lines(string head) => [.. head.Split("\r\n").Skip(1).Where(line => line.Length > 0)
        .Select(line => line.StartsWith("host:", StringComparison.OrdinalIgnoreCase) ? "Host:" + line[5..] : line).Order(StringComparer.Ordinal)];

    private async Task<RawPeer> ServeOneAsync()
    {
        await Client.SendAsync("GET /first HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync(Empty);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await Client.HeadAsync(), StringComparison.Ordinal);
        return connection;
    }

    private async Task AssertFailsAsync(string cause)
    {
        var (head, body) = await Client.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 502 Bad Gateway\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: application/json\r\n", head, StringComparison.Ordinal);
        Assert.Equal($"{{\"message\":\"docker-guard-proxy: no answer from the engine at {Rig.EnginePath}: {cause}\"}}\n", body);
    }
}
