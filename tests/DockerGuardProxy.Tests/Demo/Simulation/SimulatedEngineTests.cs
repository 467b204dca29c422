using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using DockerGuardProxy.Demo.Incident;
using DockerGuardProxy.Demo.Simulation;
using Xunit;

namespace DockerGuardProxy.Tests.Demo.Simulation;

/// <summary>The simulated engine as its clients see it.</summary>
public sealed class SimulatedEngineTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("engine-").FullName;
    private SimulatedEngine _engine = null!;
    private HttpClient _client = null!;

    private string SocketPath => Path.Combine(_folder, "docker.sock");

    public async ValueTask InitializeAsync()
    {
        _engine = await SimulatedEngine.StartAsync(SocketPath, SimulatedEngineOptions.Leaky);
        _client = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync }) { BaseAddress = new Uri("http://docker") };
        _engine.Daemon.Create(new() { Name = "app" });
        await _engine.Daemon.StartAsync("app");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("GET", "/_ping", 200)]
    [InlineData("GET", "/v1.41/version", 200)]
    [InlineData("GET", "/v1.41/info", 200)]
    [InlineData("GET", "/containers/json?all=1", 200)]
    [InlineData("GET", "/v1.41/containers/app/json", 200)]
    [InlineData("GET", "/containers/none/json", 404)]
    [InlineData("GET", "/containers/app/top", 200)]
    [InlineData("GET", "/containers/app/stats?stream=0", 200)]
    [InlineData("GET", "/containers/none/stats?stream=0", 404)]
    [InlineData("POST", "/containers/app/pause", 204)]
    [InlineData("POST", "/containers/none/pause", 404)]
    [InlineData("POST", "/containers/app/attach?stream=1", 400)]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("POST", "/containers/app/start", 304)]
    [InlineData("POST", "/containers/app/stop?t=abc", 500)]
    [InlineData("POST", "/containers/app/stop?t=1", 204)]
    [InlineData("POST", "/v1.24/containers/app/kill?signal=HUP", 204)]
    [InlineData("POST", "/containers/app/kill?signal=NONE", 400)]
    [InlineData("POST", "/containers/app/rename?name=new", 204)]
    [InlineData("POST", "/containers/app/restart", 204)]
    [InlineData("DELETE", "/containers/app", 409)]
    [InlineData("DELETE", "/containers/app?force=1", 204)]
    public async Task It_answers_with_the_engines_status(string method, string target, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), target);
        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("Docker/20.10.5 (linux)", answer.Headers.Server.ToString());
    }

    [Fact]
    public async Task A_handler_goes_on_when_its_client_has_left()
    {
        _engine.Freeze("app");
        using (var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken))
        {
            var stop = _client.PostAsync("/containers/app/stop?t=0", null, leaving.Token);
            await UntilAsync(() => _engine.Counters.Waiters == 1);
            await leaving.CancelAsync();
            await Assert.ThrowsAsync<TaskCanceledException>(() => stop);
        }

        // A second call, which does leave a trace when it ends, gives the first one every chance to end.
        using var ping = await _client.GetAsync("/_ping", TestContext.Current.CancellationToken);
        Assert.Equal((1, 1), (_engine.Counters.Open(EngineOperation.Stop), _engine.Counters.Waiters));
        Assert.Equal(EngineCounters.IdleGoroutines + 1 + _engine.Counters.Connections, _engine.Counters.Goroutines);

        _engine.Thaw("app");
        await UntilAsync(() => _engine.Counters.Open(EngineOperation.Stop) == 0);
        Assert.Equal(1, _engine.Counters.Seen(EngineOperation.Stop));
    }

    [Theory]
    [InlineData("json")]
    [InlineData("top")]
    [InlineData("stats?stream=0")]
    public async Task A_look_behind_a_lock_that_hangs_stays_when_its_client_has_left(string look)
    {
        _engine.Daemon.StopShim("app");
        var pause = _client.PostAsync("/containers/app/pause", null, TestContext.Current.CancellationToken);
        await UntilAsync(() => _engine.Counters.Open(EngineOperation.Pause) == 1);
        await LeaveAsync($"/containers/app/{look}");

        // Another call, and no lock for the list.
        using var list = await _client.GetAsync("/containers/json", TestContext.Current.CancellationToken);
        await UntilAsync(() => _engine.Counters.OpenCalls == 2);
        Assert.Equal(EngineCounters.IdleGoroutines + _engine.Counters.Connections, _engine.Counters.Goroutines);
        Assert.InRange(_engine.Counters.Connections, 2, 3);

        _engine.Daemon.ContinueShim("app");
        using var answer = await pause;
        await UntilAsync(() => _engine.Counters.OpenCalls == 0);
        Assert.Equal("paused", _engine.Daemon.Containers.Get("app").State);
    }

    [Theory]
    [InlineData("top", 1)]
    [InlineData("stats?stream=0", 0)]
    public async Task For_the_shim_alone_statistics_wait_no_longer_than_their_client(string look, int stay)
    {
        _engine.Daemon.StopShim("app");
        await LeaveAsync($"/containers/app/{look}");
        await UntilAsync(() => _engine.Counters.OpenCalls == stay);
        using var inspect = await _client.GetAsync("/containers/app/json", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, stay), (inspect.StatusCode, _engine.Counters.Open(EngineOperation.Top)));
    }

    [Fact]
    public async Task A_client_that_does_not_read_keeps_its_container_from_ending_until_it_reads_on()
    {
        using var client = await AttachAsync();
        var kill = _engine.Daemon.KillAsync("writer", null);
        Assert.Equal((false, "running"), (kill.IsCompleted, _engine.Daemon.Containers.Get("writer").State));
        Assert.Equal(0, _engine.Daemon.Containers.Get("writer").EngineLock.CurrentCount);

        // More than the sockets in between hold.
        Assert.InRange(await client.ReadToEndAsync(TestContext.Current.CancellationToken), 100_000, long.MaxValue);
        await kill.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal("exited", _engine.Daemon.Containers.Get("writer").State);
    }

    [Fact]
    public async Task A_client_that_does_not_read_keeps_its_container_from_ending_until_it_leaves()
    {
        Task kill;
        using (await AttachAsync())
        {
            kill = _engine.Daemon.KillAsync("writer", null);
            Assert.False(kill.IsCompleted);
        }

        await kill.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal("exited", _engine.Daemon.Containers.Get("writer").State);
    }

    [Fact]
    public async Task A_urlencoded_body_overrides_the_query()
    {
        using var body = new FormUrlEncodedContent([new("signal", "KILL")]);
        using var answer = await _client.PostAsync("/containers/app/kill?signal=HUP", body, TestContext.Current.CancellationToken);
        Assert.Equal("exited", _engine.Daemon.Containers.Get("app").State);
    }

    [Theory]
    [InlineData("""{"name":{"^/app$":true}}""", "app")]
    [InlineData("""{"name":["ap"]}""", "app")]
    [InlineData("""{"name":["^other$"]}""", "")]
    [InlineData("""{"id":["ID"]}""", "app")]
    [InlineData("""{"id":["zz"]}""", "")]
    [InlineData("""{"status":["exited"]}""", "")]
    public async Task A_list_is_filtered(string filters, string names)
    {
        filters = filters.Replace("ID", _engine.Daemon.Containers.Get("app").Id[..6], StringComparison.Ordinal);
        var list = await _client.GetFromJsonAsync<JsonArray>(
            "/containers/json?filters=" + Uri.EscapeDataString(filters), TestContext.Current.CancellationToken);
        Assert.Equal(names, string.Concat(list!.Select(static line => ((string)line!["Names"]![0]!)[1..])));
    }

    [Fact]
    public async Task What_is_created_by_a_call_can_be_inspected()
    {
        using var created = await _client.PostAsync(
            "/containers/create?name=web",
            new StringContent("""{"Image":"nginx","StopTimeout":3,"StopSignal":"SIGQUIT","Labels":{"a":"b"}}"""),
            TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var found = await _client.GetFromJsonAsync<JsonObject>("/containers/web/json", TestContext.Current.CancellationToken);
        Assert.Equal(
            ("/web", "created", 3, "SIGQUIT", "b"),
            ((string?)found!["Name"], (string?)found["State"]!["Status"], (int)found["Config"]!["StopTimeout"]!,
                (string?)found["Config"]!["StopSignal"], (string?)found["Config"]!["Labels"]!["a"]));
    }

    [Fact]
    public async Task Events_come_as_they_happen_filtered_by_their_action()
    {
        using var answer = await _client.GetAsync(
            "/events?filters=" + Uri.EscapeDataString("""{"type":["container"],"event":["die"]}"""),
            HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken);
        await _engine.Daemon.KillAsync("app", null);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var line = JsonNode.Parse((await reader.ReadLineAsync(TestContext.Current.CancellationToken))!)!;
        Assert.Equal(("die", "137", "app"), ((string?)line["Action"], (string?)line["Actor"]!["Attributes"]!["exitCode"],
            (string?)line["Actor"]!["Attributes"]!["name"]));
    }

    [Fact]
    public async Task A_socket_in_use_is_not_taken()
    {
        var error = await Assert.ThrowsAsync<IOException>(() => SimulatedEngine.StartAsync(SocketPath, SimulatedEngineOptions.Leaky));
        Assert.Equal($"{SocketPath}: another process listens there", error.Message);
    }

    /// <summary>Asks, and leaves when the engine has the call.</summary>
    private async Task LeaveAsync(string target)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var open = _engine.Counters.OpenCalls;
        var call = _client.GetAsync(target, leaving.Token);
        await UntilAsync(() => _engine.Counters.OpenCalls > open);
        await leaving.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => call);
    }

    /// <summary>A client of a container that has written more than there is room for.</summary>
    private async Task<UnreadClient> AttachAsync()
    {
        _engine.Daemon.Create(new() { Name = "writer", Writes = true });
        await _engine.Daemon.StartAsync("writer");
        var client = await UnreadClient.AttachAsync(SocketPath, "writer", TestContext.Current.CancellationToken);
        await client.ReadAsync(1024, TestContext.Current.CancellationToken);
        await _engine.Daemon.Containers.Get("writer").Run!.Blocked.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        return client;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    // To a generous limit: the engine's side of a call is another thread's.
    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!isSo()) await Task.Delay(5, limit.Token);
    }
}
