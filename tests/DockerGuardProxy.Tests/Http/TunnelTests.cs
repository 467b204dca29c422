using DockerGuardProxy.Engine;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Hosting;
using Xunit;

namespace DockerGuardProxy.Tests.Http;

/// <summary>Hijacked streams in both lanes, through the running proxy. A head with Trailer is odd: it takes the HTTP lane.</summary>
public sealed class TunnelTests : ProxiedTests
{
    private const string Exec = "POST /exec/a/start HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    private const string Attach = "POST /containers/a/attach?stream=1&stdin=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n";
    private const string OddExec = "POST /exec/a/start HTTP/1.1\r\nHost: h\r\nTrailer: T\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 2\r\n\r\n{}";
    private const string OddAttach = "POST /containers/a/attach?stream=1&stdin=1 HTTP/1.1\r\nHost: h\r\nTrailer: T\r\nContent-Length: 0\r\n\r\n";
    private const string Upgraded = "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n";

    [Theory]
    [InlineData(Exec, Upgraded)]
    [InlineData(Attach, Ok)]
    [InlineData(OddExec, Upgraded)]
    [InlineData(OddAttach, Ok)]
    [InlineData("POST /session HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n")]
    [InlineData("GET /containers/a/attach/ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n")]
    public async Task Granted_it_is_a_stream_with_the_engines_own_head(string request, string answer)
    {
        await Client.SendAsync(request);
        var connection = await ReadRequestAsync();
        await connection.SendAsync(answer + "first");
        Assert.Equal(answer, await Client.HeadAsync());
        Assert.Equal("first", await Client.TextAsync(5));
        await Client.SendAsync("in\r\n\r\n");
        Assert.Equal("in\r\n\r\n", await connection.TextAsync(6));
        await connection.SendAsync("out");
        Assert.Equal("out", await Client.TextAsync(3));

        // Each direction ends by itself.
        Client.HalfClose();
        Assert.Equal("", await connection.RestAsync());
        await connection.SendAsync("last");
        connection.Dispose();
        Assert.Equal("last", await Client.RestAsync());
    }

    [Theory]
    [InlineData(Exec, Upgraded)]
    [InlineData(Attach, Ok)]
    [InlineData(OddExec, Upgraded)]
    [InlineData(OddAttach, Ok)]
    public async Task Early_bytes_reach_the_engine_once_it_is_granted_and_not_before(string request, string answer)
    {
        await Client.SendAsync(request + "early");
        Client.HalfClose();
        var connection = await ReadRequestAsync();
        Assert.True(connection.IsSilent);
        await connection.SendAsync(answer);
        Assert.Equal("early", await connection.RestAsync());
        await connection.SendAsync("late");
        connection.Dispose();
        Assert.Equal(answer, await Client.HeadAsync());
        Assert.Equal("late", await Client.RestAsync());
    }

    [Fact]
    public async Task It_may_follow_other_requests_on_the_connection()
    {
        await Client.SendAsync("GET /_ping HTTP/1.1\r\nHost: h\r\n\r\n" + Exec + "early");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK");
        Assert.Equal("OK", (await Client.AnswerAsync()).Body);
        Assert.Equal("{}", (await connection.AnswerAsync()).Body);
        await connection.SendAsync(Upgraded);
        Assert.Equal(Upgraded, await Client.HeadAsync());
        Assert.Equal("early", await connection.TextAsync(5));
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_stream()
    {
        var connection = await OpenAsync();
        Client.Dispose();
        Assert.Equal("", await connection.RestAsync());
    }

    [Fact]
    public async Task What_a_client_sent_before_it_left_reaches_the_engine()
    {
        var connection = await OpenAsync();
        await Client.SendAsync("last words");
        Client.Dispose();
        Assert.Equal("last words", await connection.RestAsync());
    }

    [Fact]
    public async Task An_engine_that_ends_the_stream_ends_the_clients()
    {
        var connection = await OpenAsync();
        connection.Dispose();
        Assert.Equal("", await Client.RestAsync());
    }

    [Theory]
    [InlineData(404, "Not Found")]
    [InlineData(409, "Conflict")]
    public async Task Refused_it_is_ordinary_HTTP_again_and_the_guard_sees_what_follows(int status, string reason)
    {
        var id = Samples.Id("abc");
        Rig.Know(new ListedContainer(id, ["/web"], Running: true, Pod: null));
        await Client.SendAsync(Exec);
        var connection = await ReadRequestAsync();
        await connection.SendAsync($"HTTP/1.1 {status} {reason}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\nno");
        Assert.Equal("no", (await Client.AnswerAsync()).Body);

        // A guarded call goes on a connection of its own.
        await Client.SendAsync($"POST /containers/{id}/kill HTTP/1.1\r\nHost: h\r\n\r\n");
        var guarded = await Engine.AcceptAsync();
        await guarded.HeadAsync();
        Assert.Equal(1, Rig.Ledger.Snapshot().OpenCalls);
        await guarded.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204 No Content\r\n", await Client.HeadAsync(), StringComparison.Ordinal);
        Assert.True(connection.IsSilent);
    }

    [Fact]
    public async Task A_guarded_call_right_behind_a_refused_hijack_never_reaches_the_engine_as_a_stream()
    {
        var id = Samples.Id("abc");
        Rig.Know(new ListedContainer(id, ["/web"], Running: true, Pod: null));
        var kill = $"POST /containers/{id}/kill HTTP/1.1\r\nHost: h\r\n\r\n";
        await Client.SendAsync(Exec + kill);
        var connection = await ReadRequestAsync();
        Assert.True(connection.IsSilent);
        await connection.SendAsync("HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\nno");
        Assert.Equal("no", (await Client.AnswerAsync()).Body);
        var guarded = await Engine.AcceptAsync();
        Assert.Equal(kill, await guarded.HeadAsync());
        Assert.True(Rig.Ledger.HasOpenCalls(id));
        Assert.True(connection.IsSilent);
    }

    [Fact]
    public async Task A_200_with_a_length_is_no_stream()
    {
        await Client.SendAsync(Attach + "GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await ReadRequestAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\nContent-Length: 2\r\n\r\nok");
        Assert.Equal("ok", (await Client.AnswerAsync()).Body);
        Assert.Equal("GET /next HTTP/1.1\r\nHost: h\r\n\r\n", await connection.HeadAsync());
    }

    private async Task<RawPeer> ReadRequestAsync()
    {
        var connection = await Engine.AcceptAsync();
        await connection.AnswerAsync();
        return connection;
    }

    private async Task<RawPeer> OpenAsync()
    {
        await Client.SendAsync(Exec);
        var connection = await ReadRequestAsync();
        await connection.SendAsync(Upgraded);
        await Client.HeadAsync();
        return connection;
    }
}
