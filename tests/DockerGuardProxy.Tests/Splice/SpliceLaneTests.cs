using System.Net.Sockets;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Hosting;
using Xunit;

namespace DockerGuardProxy.Tests.Splice;

/// <summary>Calls whose bytes go as they came, through the running proxy.</summary>
public sealed class SpliceLaneTests : ProxiedTests
{
    private const string Question = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n", Empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    [Fact]
    public async Task Head_body_and_answer_pass_byte_for_byte()
    {
        const string request = "POST /v1.41/images/load?x=%41#y HTTP/1.1\r\nhost: docker\r\nX-odd:  a \r\nx-ODD:b\r\nContent-Length: 4\r\n\r\nbody";
        const string answer = "HTTP/1.1 418 I'm odd\r\nx-a:1\r\nX-A:  2 \r\nContent-Length: 3\r\n\r\nyes";
        await Client.SendAsync(request);
        var connection = await Engine.AcceptAsync();
        Assert.Equal(request, await connection.TextAsync(request.Length));
        await connection.SendAsync(answer);
        Assert.Equal(answer, await Client.TextAsync(answer.Length));
    }

    [Fact]
    public async Task Chunks_and_trailers_pass_byte_for_byte_however_they_are_cut()
    {
        const string head = "POST /build HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", body = "3;a=b\r\nabc\r\n0\r\nT: x\r\n\r\n";
        const string answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n000\r\nT: y\r\n\r\n";
        await Client.SendAsync(head);
        var connection = await Engine.AcceptAsync();
        Assert.Equal(head, await connection.HeadAsync());
        foreach (var b in body)
        {
            await Client.SendAsync($"{b}");
            Assert.Equal($"{b}", await connection.TextAsync(1));
        }

        foreach (var b in answer)
        {
            await connection.SendAsync($"{b}");
            if (!answer.StartsWith("HTTP", StringComparison.Ordinal)) Assert.Equal($"{b}", await Client.TextAsync(1));
        }

        Assert.Equal(answer, await Client.TextAsync(answer.Length));
        await AskAsync(connection);
    }

    [Fact]
    public async Task Calls_of_one_client_share_a_connection_and_wait_for_each_other()
    {
        await Client.SendAsync("GET /a HTTP/1.1\r\nHost: h\r\n\r\nHEAD /b HTTP/1.1\r\nHost: h\r\n\r\nGET /c HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        foreach (var (start, answer) in new[]
        {
            ("GET /a ", "HTTP/1.1 204 No Content\r\n\r\n"), ("HEAD /b ", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), ("GET /c ", Empty),
        })
        {
            Assert.StartsWith(start, await connection.HeadAsync(), StringComparison.Ordinal);
            Assert.True(connection.IsSilent);
            await connection.SendAsync(answer);
            Assert.Equal(answer, await Client.HeadAsync());
        }

        Assert.True(Engine.IsQuiet);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nha")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nuntil the end")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    public async Task An_answer_that_ends_anywhere_ends_there_for_the_client(string answer)
    {
        await Client.SendAsync(Question);
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        if (answer.Length > 0) await connection.SendAsync(answer);
        connection.Dispose();
        Assert.Equal(answer, await Client.RestAsync());
        Assert.True(Engine.IsQuiet);
    }

    [Fact]
    public async Task An_engine_that_ends_an_idle_connection_ends_it_for_the_client()
    {
        var connection = await ServeOneAsync();
        connection.Dispose();
        Assert.Equal("", await Client.RestAsync());
    }

    [Fact]
    public async Task What_the_engine_says_unasked_ends_both_sides_and_reaches_nobody()
    {
        var connection = await ServeOneAsync();
        await connection.SendAsync(Empty);
        Assert.Equal("", await Client.RestAsync());
        Assert.Equal("", await connection.RestAsync());
    }

    [Fact]
    public async Task What_follows_an_answer_unasked_ends_both_sides()
    {
        await Client.SendAsync(Question);
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync(Empty + "HTTP/1.1 200 OK\r\n");
        Assert.Equal(Empty, await Client.RestAsync());
    }

    [Fact]
    public async Task A_call_in_the_other_lane_outlives_the_engines_connection_and_the_next_dials_anew()
    {
        var first = await ServeOneAsync();
        await Client.SendAsync("POST /containers/a/start HTTP/1.1\r\nHost: h\r\n\r\n");
        var other = await Engine.AcceptAsync();
        await other.HeadAsync();
        first.Dispose();
        await other.SendAsync("HTTP/1.1 204 No Content\r\nDate: d\r\n\r\n");
        Assert.Equal("HTTP/1.1 204 No Content\r\nDate: d\r\n\r\n", await Client.HeadAsync());
        await Client.SendAsync(Question);
        var next = await Engine.AcceptAsync();
        await next.HeadAsync();
        await next.SendAsync(Empty);
        Assert.Equal(Empty, await Client.HeadAsync());
    }

    [Fact]
    public async Task An_answer_before_the_end_of_the_body_goes_out_and_the_body_goes_on()
    {
        await Client.SendAsync("POST /build HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\nbody");
        var connection = await Engine.AcceptAsync();
        await connection.ThroughAsync("body");
        await connection.SendAsync(Empty);
        Assert.Equal(Empty, await Client.HeadAsync());
        await Client.SendAsync("more" + Question);
        Assert.Equal("more" + Question, await connection.HeadAsync());
        await connection.SendAsync(Empty);
        Assert.Equal(Empty, await Client.HeadAsync());
    }

    [Fact]
    public async Task A_100_is_passed_on_and_the_body_follows()
    {
        await Client.SendAsync("POST /build HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await Client.HeadAsync());
        await Client.SendAsync("body");
        Assert.Equal("body", await connection.TextAsync(4));
        await connection.SendAsync(Empty);
        Assert.Equal(Empty, await Client.HeadAsync());
        await AskAsync(connection);
    }

    [Fact]
    public async Task A_refused_body_that_was_not_asked_for_hides_no_call()
    {
        await Client.SendAsync("POST /build HTTP/1.1\r\nHost: h\r\nContent-Length: 60\r\nExpect: 100-continue\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync(Empty);
        Assert.Equal(Empty, await Client.HeadAsync());
        Assert.Equal("", await connection.RestAsync());
        connection.Dispose();
        Assert.Equal("", await Client.RestAsync());
    }

    [Fact]
    public async Task An_expectation_without_a_body_expects_nothing()
    {
        await Client.SendAsync("GET /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync(Empty);
        Assert.Equal(Empty, await Client.HeadAsync());
        await AskAsync(connection);
    }

    [Theory]
    [InlineData("POST /containers/a/attach?stream=1 HTTP/1.1\r\nHost: h\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n")]
    [InlineData("POST /exec/a/start HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n{}", "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")]
    public async Task A_stream_carries_whatever_comes_and_each_half_closes_alone(string request, string answer)
    {
        await Client.SendAsync(request + "early");
        var connection = await Engine.AcceptAsync();
        Assert.Equal(request, await connection.TextAsync(request.Length));
        Assert.True(connection.IsSilent);
        await connection.SendAsync(answer + "hello");
        Assert.Equal(answer + "hello", await Client.TextAsync(answer.Length + 5));
        Assert.Equal("early", await connection.TextAsync(5));
        await Client.SendAsync("POST /containers/a/kill HTTP/1.1\r\n\r\n");
        Client.HalfClose();
        Assert.Equal("POST /containers/a/kill HTTP/1.1\r\n\r\n", await connection.RestAsync());
        await connection.SendAsync("late");
        Assert.Equal("late", await Client.TextAsync(4));
        connection.Dispose();
        Assert.Equal("", await Client.RestAsync());
    }

    [Fact]
    public async Task Logs_of_a_streams_type_are_none()
    {
        await Client.SendAsync("GET /containers/a/logs HTTP/1.1\r\nHost: h\r\n\r\n" + "early");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\nlog");
        await Client.ThroughAsync("log");
        connection.HalfClose();
        Assert.Equal("", await Client.RestAsync());
        Assert.True(connection.IsSilent);
    }

    [Fact]
    public async Task A_client_that_leaves_a_stream_after_a_half_close_ends_the_engines_side()
    {
        await Client.SendAsync("POST /containers/a/attach HTTP/1.1\r\nHost: h\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 101 UPGRADED\r\n\r\n");
        await Client.HeadAsync();
        Client.HalfClose();
        Assert.Equal("", await connection.RestAsync());
        Client.Dispose();
        await Eventually.Async(() =>
        {
            try
            {
                connection.SendAsync("x").GetAwaiter().GetResult();
                return false;
            }
            catch (SocketException)
            {
                return true;
            }
        });
    }

    [Fact]
    public async Task A_broken_chunk_hides_no_call()
    {
        await Client.SendAsync(
            "POST /build HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nPOST /containers/a/kill HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        Assert.DoesNotContain("kill", await connection.RestAsync(), StringComparison.Ordinal);
        await connection.SendAsync(Empty);
        connection.Dispose();
        Assert.Equal(Empty, await Client.RestAsync());
        Assert.True(Engine.IsQuiet);
    }

    [Fact]
    public async Task Pieces_of_a_long_body_pass_both_ways()
    {
        const int length = 3 << 20;
        var body = new byte[length];
        Random.Shared.NextBytes(body);
        await Client.SendAsync($"PUT /containers/a/archive HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n\r\n");
        var sending = Client.SendAsync(body);
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        var text = System.Text.Encoding.Latin1.GetString(body);
        Assert.Equal(text, await connection.TextAsync(length));
        await sending;
        await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
        sending = connection.SendAsync(body);
        await Client.HeadAsync();
        Assert.Equal(text, await Client.TextAsync(length));
        await sending;
        await AskAsync(connection);
    }

    private async Task AskAsync(RawPeer connection)
    {
        await Client.SendAsync(Question);
        Assert.Equal(Question, await connection.HeadAsync());
        await connection.SendAsync(Empty);
        Assert.Equal(Empty, await Client.HeadAsync());
    }

    private async Task<RawPeer> ServeOneAsync()
    {
        await Client.SendAsync(Question);
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync(Empty);
        Assert.Equal(Empty, await Client.HeadAsync());
        return connection;
    }
}
