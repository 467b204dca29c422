using DockerGuardProxy.Engine;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Hosting;
using Xunit;

namespace DockerGuardProxy.Tests.Forward;

/// <summary>Hijacked streams, through the running proxy.</summary>
public sealed class TunnelTests : IAsyncLifetime
{
    private const string Exec = "POST /exec/a/start HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    private const string Attach = "POST /containers/a/attach?stream=1&stdin=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n";
    private const string Upgraded = "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n";

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

    [Theory]
    [InlineData(Exec, Upgraded)]
    [InlineData(Attach, Ok)]
    [InlineData("POST /session HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n")]
    [InlineData("GET /containers/a/attach/ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n")]
    public async Task Granted_it_is_a_stream_with_the_engines_own_head(string request, string answer)
    {
        await _client.SendAsync(request);
        var connection = await ReadRequestAsync();
        await connection.SendAsync(answer + "first");
        Assert.Equal(answer, await _client.HeadAsync());
        Assert.Equal("first", await _client.TextAsync(5));
        await _client.SendAsync("in\r\n\r\n");
        Assert.Equal("in\r\n\r\n", await connection.TextAsync(6));
        await connection.SendAsync("out");
        Assert.Equal("out", await _client.TextAsync(3));

        // Each direction ends by itself.
        _client.HalfClose();
        Assert.Equal("", await connection.RestAsync());
        await connection.SendAsync("last");
        connection.Dispose();
        Assert.Equal("last", await _client.RestAsync());
    }

    [Theory]
    [InlineData(Exec, Upgraded)]
    [InlineData(Attach, Ok)]
    public async Task Early_bytes_reach_the_engine_once_it_is_granted_and_not_before(string request, string answer)
    {
        await _client.SendAsync(request + "early");
        _client.HalfClose();
        var connection = await ReadRequestAsync();
        Assert.True(connection.IsSilent);
        await connection.SendAsync(answer);
        Assert.Equal("early", await connection.RestAsync());
        await connection.SendAsync("late");
        connection.Dispose();
        Assert.Equal(answer, await _client.HeadAsync());
        Assert.Equal("late", await _client.RestAsync());
    }

    [Fact]
    public async Task It_may_follow_other_requests_on_the_connection()
    {
        await _client.SendAsync("GET /_ping HTTP/1.1\r\nHost: h\r\n\r\n" + Exec + "early");
        var connection = await _engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK");
        Assert.Equal("OK", (await _client.AnswerAsync()).Body);
        Assert.Equal("{}", (await connection.AnswerAsync()).Body);
        await connection.SendAsync(Upgraded);
        Assert.Equal(Upgraded, await _client.HeadAsync());
        Assert.Equal("early", await connection.TextAsync(5));
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_stream()
    {
        var connection = await OpenAsync();
        _client.Dispose();
        Assert.Equal("", await connection.RestAsync());
    }

    [Fact]
    public async Task What_a_client_sent_before_it_left_reaches_the_engine()
    {
        var connection = await OpenAsync();
        await _client.SendAsync("last words");
        _client.Dispose();
        Assert.Equal("last words", await connection.RestAsync());
    }

    [Fact]
    public async Task An_engine_that_ends_the_stream_ends_the_clients()
    {
        var connection = await OpenAsync();
        connection.Dispose();
        Assert.Equal("", await _client.RestAsync());
    }

    [Theory]
    [InlineData(404, "Not Found")]
    [InlineData(409, "Conflict")]
    public async Task Refused_it_is_ordinary_HTTP_again_and_the_guard_sees_what_follows(int status, string reason)
    {
        var id = Samples.Id("abc");
        _rig.Know(new ListedContainer(id, ["/web"], Running: true, Pod: null));
        await _client.SendAsync(Exec);
        var connection = await ReadRequestAsync();
        await connection.SendAsync($"HTTP/1.1 {status} {reason}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\nno");
        Assert.Equal("no", (await _client.AnswerAsync()).Body);

        // A guarded call goes on a connection of its own.
        await _client.SendAsync($"POST /containers/{id}/kill HTTP/1.1\r\nHost: h\r\n\r\n");
        var guarded = await _engine.AcceptAsync();
        await guarded.HeadAsync();
        Assert.Equal(1, _rig.Ledger.Snapshot().OpenCalls);
        await guarded.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204 No Content\r\n", await _client.HeadAsync(), StringComparison.Ordinal);
        Assert.True(connection.IsSilent);
    }

    [Fact]
    public async Task A_guarded_call_right_behind_a_refused_hijack_never_reaches_the_engine_as_a_stream()
    {
        var id = Samples.Id("abc");
        _rig.Know(new ListedContainer(id, ["/web"], Running: true, Pod: null));
        var kill = $"POST /containers/{id}/kill HTTP/1.1\r\nHost: h\r\n\r\n";
        await _client.SendAsync(Exec + kill);
        var connection = await ReadRequestAsync();
        Assert.True(connection.IsSilent);
        await connection.SendAsync("HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\nno");
        Assert.Equal("no", (await _client.AnswerAsync()).Body);
        var guarded = await _engine.AcceptAsync();
        Assert.Equal(kill, await guarded.HeadAsync());
        Assert.True(_rig.Ledger.HasOpenCalls(id));
        Assert.True(connection.IsSilent);
    }

    [Fact]
    public async Task A_200_with_a_length_is_no_stream()
    {
        await _client.SendAsync(Attach + "GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await ReadRequestAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\nContent-Length: 2\r\n\r\nok");
        Assert.Equal("ok", (await _client.AnswerAsync()).Body);
        Assert.Equal("GET /next HTTP/1.1\r\nHost: h\r\n\r\n", await connection.HeadAsync());
    }

    private async Task<RawPeer> ReadRequestAsync()
    {
        var connection = await _engine.AcceptAsync();
        await connection.AnswerAsync();
        return connection;
    }

    private async Task<RawPeer> OpenAsync()
    {
        await _client.SendAsync(Exec);
        var connection = await ReadRequestAsync();
        await connection.SendAsync(Upgraded);
        await _client.HeadAsync();
        return connection;
    }
}
