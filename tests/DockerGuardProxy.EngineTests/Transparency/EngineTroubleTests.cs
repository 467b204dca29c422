using System.Net.Sockets;
using System.Text.Json;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Transparency;

/// <summary>An engine that is dead, silent, restarts, or loses connections.</summary>
public sealed class EngineTroubleTests
{
    [Fact]
    public async Task A_missing_socket_gives_502_that_names_it_and_a_later_engine_is_found()
    {
        var socket = Machine.NewPath("f") + ".sock";
        await using var proxy = await Proxy.StartAsync(socket, "/nonexistent");
        await Is502Async(proxy, socket, HttpMethod.Get);
        await Is502Async(proxy, socket, HttpMethod.Post);

        // A socket file that nobody serves: connection refused.
        using (var bound = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            bound.Bind(new UnixDomainSocketEndPoint(socket));
        if (!File.Exists(socket))
            await File.WriteAllTextAsync(socket, "");
        await Is502Async(proxy, socket, HttpMethod.Get);
        Assert.False(proxy.Daemon.HasExited);
    }

    [Fact]
    public async Task A_connection_lost_before_the_answer_gives_502_for_a_POST_and_is_not_tried_twice()
    {
        using var engine = new FakeEngine((_, _, _, _) => Task.FromResult(false));
        await using var proxy = await Proxy.StartAsync(engine.SocketPath, "/nonexistent");
        await Is502Async(proxy, engine.SocketPath, HttpMethod.Post);
        Assert.Single(engine.Requests, line => line.StartsWith("POST /containers/x/start", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/containers/x/start")]
    [InlineData("/containers/x/stop?t=1")]
    [InlineData("/containers/x/kill")]
    public async Task A_POST_on_a_reused_connection_that_dies_is_sent_once(string path)
    {
        // Answers GETs, then closes as soon as it has read the POST: only the client could know whether it took effect.
        using var engine = new FakeEngine(async (_, connection, head, _) =>
            !head.StartsWith("POST", StringComparison.Ordinal) && await FakeEngine.OkAsync(connection));
        await using var proxy = await Proxy.StartAsync(engine.SocketPath, "/nonexistent");
        Assert.Equal("OK", await proxy.Api.GetTextAsync("/_ping"));
        Assert.Equal("OK", await proxy.Api.GetTextAsync("/_ping"));
        var (status, _) = await proxy.Api.PostAsync(path);
        Assert.Equal(502, status);
        Assert.Single(engine.Requests, line => line.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_safe_request_survives_a_pooled_connection_that_has_died()
    {
        // Closes each connection after its second request was read, unanswered: the proxy may ask again, on a new one.
        using var engine = new FakeEngine(async (_, connection, _, number) => number == 1 && await FakeEngine.OkAsync(connection));
        await using var proxy = await Proxy.StartAsync(engine.SocketPath, "/nonexistent");
        for (var i = 0; i < 20; i++)
            Assert.Equal("OK", await proxy.Api.GetTextAsync("/_ping"));
    }

    [Fact]
    public async Task A_silent_engine_is_waited_for()
    {
        using var gate = new SemaphoreSlim(0);
        using var engine = new FakeEngine(async (_, connection, head, _) =>
        {
            if (head.Contains("/slow", StringComparison.Ordinal))
                await gate.WaitAsync();
            return await FakeEngine.OkAsync(connection);
        });
        await using var proxy = await Proxy.StartAsync(engine.SocketPath, "/nonexistent");
        var slow = proxy.Api.GetTextAsync("/slow");
        await Task.Delay(Machine.LongForm ? TimeSpan.FromMinutes(5) : TimeSpan.FromSeconds(10));
        Assert.False(slow.IsCompleted);
        gate.Release();
        Assert.Equal("OK", await slow);
    }

    [Fact]
    public async Task After_a_restart_of_the_engine_the_next_safe_request_works()
    {
        await using var engine = await Dockerd.StartAsync();
        await using var proxy = await Proxy.StartAsync(engine);
        for (var round = 0; round < 3; round++)
        {
            // Leave several idle connections in the pool.
            await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => proxy.Api.GetTextAsync("/_ping")));
            if (round == 1)
                await engine.KillAsync();
            else
                await engine.StopAsync();
            await Is502Async(proxy, engine.Socket, HttpMethod.Get);
            await engine.StartAsync();
            Assert.Equal("OK", await proxy.Api.GetTextAsync("/_ping"));
        }
    }

    [Fact]
    public async Task SIGTERM_ends_it_in_time_with_code_0_though_streams_are_open()
    {
        await using var engine = await Dockerd.StartAsync();
        await engine.Api.RunAsync("sleeper", ["sleep", "1000"]);
        await using var proxy = await Proxy.StartAsync(engine);
        using var events = await RawClient.ConnectAsync(proxy.Socket);
        await events.SendAsync("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
        using var attach = await RawClient.ConnectAsync(proxy.Socket);
        await attach.SendAsync("POST /containers/sleeper/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
        using var wait = await RawClient.ConnectAsync(proxy.Socket);
        await wait.SendAsync("POST /containers/sleeper/wait HTTP/1.1\r\nHost: x\r\n\r\n");
        await Task.Delay(300);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(0, await proxy.StopAsync(TimeSpan.FromSeconds(60)));
        Figures.Record("SIGTERM with open streams", clock.Elapsed);
        await engine.Api.RemoveAllAsync();
    }

    private static async Task Is502Async(Proxy proxy, string socket, HttpMethod method)
    {
        using var answer = await proxy.Api.SendAsync(method, method == HttpMethod.Get ? "/containers/json" : "/containers/x/start");
        var body = await answer.Content.ReadAsStringAsync();
        Assert.Equal(502, (int)answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.ToString());
        Assert.Contains(socket, JsonDocument.Parse(body).RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
    }
}
