using System.IO.Pipelines;
using DockerGuardProxy.Http;
using DockerGuardProxy.Tests.Hosting;
using DockerGuardProxy.Tests.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace DockerGuardProxy.Tests.Http;

/// <summary>Bodies on their way to the engine, through the running proxy.</summary>
public sealed class RequestBodyTests : ProxiedTests
{
    [Fact]
    public async Task The_answer_is_read_while_the_body_is_still_sent()
    {
        await Client.SendAsync("POST /images/load HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        Assert.Equal("3\r\none\r\n", await connection.TextAsync(8));
        await connection.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n");
        await Client.HeadAsync();
        Assert.Equal("1\r\n1\r\n", await Client.TextAsync(6));
        await Client.SendAsync("3\r\ntwo\r\n");
        Assert.Equal("3\r\ntwo\r\n", await connection.TextAsync(8));
        await connection.SendAsync("1\r\n2\r\n");
        Assert.Equal("1\r\n2\r\n", await Client.TextAsync(6));
        await Client.SendAsync("0\r\n\r\n");
        Assert.Equal("0\r\n\r\n", await connection.TextAsync(5));
        await connection.SendAsync("0\r\n\r\n");
        Assert.Equal("0\r\n\r\n", await Client.TextAsync(5));
    }

    [Fact]
    public async Task Trailers_pass()
    {
        await Client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: Sum\r\n\r\n1\r\na\r\n0\r\nSum: 1\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        Assert.Equal("1\r\na\r\n0\r\nSum: 1\r\n\r\n", await connection.TextAsync(19));
    }

    [Fact]
    public async Task A_length_beside_chunks_does_not_reach_the_engine()
    {
        await Client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        Assert.DoesNotContain("Content-Length", await connection.HeadAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("1\r\na\r\n0\r\n\r\n", await connection.TextAsync(11));
    }

    [Fact]
    public async Task The_engine_asks_for_the_body_by_itself()
    {
        await Client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        Assert.Contains("Expect: 100-continue\r\n", await connection.HeadAsync(), StringComparison.Ordinal);
        await connection.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await Client.HeadAsync());
        await Client.SendAsync("body");
        Assert.Equal("body", await connection.TextAsync(4));
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await Client.HeadAsync(), StringComparison.Ordinal);
    }

    /// <summary>net/http goes by the first of them: an engine that is asked for nothing says no 100, and would wait for the body for ever.</summary>
    [Theory]
    [InlineData("POST /images/load")]
    [InlineData("PATCH /containers/x/wait")]
    public async Task An_empty_expectation_before_another_is_none(string call)
    {
        await Client.SendAsync($"{call} HTTP/1.1\r\nHost: h\r\nExpect:\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        Assert.Equal("body", await connection.TextAsync(4));
    }

    [Fact]
    public async Task A_body_that_breaks_off_breaks_off_at_the_engine()
    {
        await Client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc");
        Client.HalfClose();
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        Assert.Equal("abc", await connection.RestAsync());
        await connection.SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\nConnection: close\r\n\r\nshort");
        var (head, body) = await Client.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", head, StringComparison.Ordinal);
        Assert.Equal("short", body);
    }

    /// <summary>Wherever what can still be read is cut: of some cuts Kestrel says that it has read up to no position at all.</summary>
    [Theory]
    [InlineData("0\r\n0\r", "\n\r\n")]
    [InlineData("0\r\n: x\r", "\n\r\n")]
    [InlineData("0\r\nA : x\r", "\n\r\n")]
    [InlineData("1\r\na", "b\r\n0\r\n\r\n")]
    [InlineData("", "x\r\n\r\n")]
    [InlineData("", ";\r\n\r\n")]
    [InlineData("FFFFFFF", "FFFFFFFFFF\r\n\r\n")]
    public async Task Chunks_that_nobody_can_read_break_off_at_the_engine(string readable, string rest)
    {
        for (var cut = 0; cut <= readable.Length; cut++)
        {
            using var client = await Rig.ConnectAsync();
            await client.SendAsync("PATCH /x HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n" + readable[..cut]);
            using var connection = await Engine.AcceptAsync();
            await connection.HeadAsync();
            await connection.TextAsync("1\r\na\r\n".Length);
            await client.SendAsync(readable[cut..] + rest);
            await connection.RestAsync();
        }
    }

    [Fact]
    public async Task Whatever_the_reading_of_a_body_fails_with_the_engine_sees_its_end()
    {
        using var sockets = new SocketPair();
        var input = new Pipe();
        await input.Writer.CompleteAsync(new ArgumentOutOfRangeException("position"));
        var http = new DefaultHttpContext();
        http.Features.Set<IRequestBodyPipeFeature>(new PipeFeature(input.Reader));
        var isBroken = false;
        var body = new RequestBody(http);
        body.Start(sockets.Near, () => { }, () => isBroken = true);
        Assert.False(await body.Completion);
        Assert.True(isBroken);
        Assert.Equal(0, await sockets.Far.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_early_refusal_that_closes_reaches_a_client_that_still_sends()
    {
        await Client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\nabc");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngone");
        Assert.Equal("gone", (await Client.AnswerAsync()).Body);
        Assert.Equal("", await Client.RestAsync());
    }

    /// <summary>net/http ends its answer at once and the connection half a second later; a test that is held up misses that half second.</summary>
    [Fact]
    public async Task The_end_of_an_early_refusal_comes_before_that_of_the_connection()
    {
        for (var tries = 0; tries < 20; tries++)
        {
            using var client = await Rig.ConnectAsync();
            await client.SendAsync("PATCH /containers/x/kill HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
            using var connection = await Engine.AcceptAsync();
            await connection.HeadAsync();
            await connection.SendAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngone");
            Assert.Equal("gone", (await client.AnswerAsync()).Body);
            Assert.Equal("", await client.RestAsync());
            if (!client.IsClosed) return;
        }

        Assert.Fail("each connection was closed with its answer");
    }

    [Fact]
    public async Task What_is_left_of_a_body_after_an_early_answer_does_not_touch_the_next_request()
    {
        // Bytes that look like a head which wants repair.
        const string rest = "GET /\u00ff HTTP/1.0\r\nHost: a_b\r\n\r\n";
        await Client.SendAsync($"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: {rest.Length + 1}\r\n\r\n1");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        Assert.Equal("1", await connection.TextAsync(1));
        await connection.SendAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone");
        Assert.Equal("gone", (await Client.AnswerAsync()).Body);
        Assert.Equal("", await connection.RestAsync());

        await Client.SendAsync(rest);
        await Client.SendAsync("DELETE /images/own HTTP/1.1\r\nHost: docker\r\n\r\n");
        connection = await Engine.AcceptAsync();
        Assert.Equal("DELETE /images/own HTTP/1.1\r\nHost: docker\r\n\r\n", await connection.HeadAsync());
    }
}
