using System.Text.Json;
using DockerGuardProxy.Demo.Simulation;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Tests.Configuration;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Route;

/// <summary>Terminating calls of a stuck container, through the running proxy, on the leaky engine and on simulated time.</summary>
public sealed partial class GuardedCallsTests : IAsyncLifetime
{
    private static readonly GuardPolicy Policy = GuardPolicy.Default with { RepeatHold = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30)] };

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
    private readonly TempFolder _folder = new();
    private readonly List<RawPeer> _clients = [];
    private ProxyRig _rig = null!;
    private SimulatedEngine _engine = null!;
    private string _id = null!;

    public async ValueTask InitializeAsync()
    {
        var proc = Directory.CreateDirectory(_folder["proc"]).FullName;
        _rig = await ProxyRig.StartAsync(_time, Policy, proc);
        _engine = await SimulatedEngine.StartAsync(
            _rig.EnginePath, SimulatedEngineOptions.Leaky with { Time = _time, Processes = new SimulatedProcfs(proc) });
        _id = _engine.Daemon.Create(new() { Name = "web" }).Id;
        await _engine.Daemon.StartAsync("web");
        _engine.Freeze("web");
        _rig.Know(new ListedContainer(_id, ["/web"], Running: true, Pod: null));
        await _rig.WatchAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        await _engine.DisposeAsync();
        await _rig.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_stop_of_the_proxy_tells_whoever_waits_to_ask_again()
    {
        _rig.Drain = TimeSpan.Zero;
        var lead = await CallAsync("POST", "/containers/web/kill");
        await SeenAsync(EngineOperation.Kill, 1);
        var joined = await CallAsync("POST", $"/containers/{_id}/kill");
        await Eventually.Async(() => _rig.Ledger.Snapshot().WaitingCalls == 1);
        var stop = _rig.DrainAsync();
        foreach (var client in new[] { joined, lead })
        {
            // In small steps: at patience it would be refused.
            await Eventually.Async(() => !client.IsSilent, () => _time.Advance(TimeSpan.FromMilliseconds(5)));
            var (head, body) = await client.AnswerAsync();
            Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\n", head, StringComparison.Ordinal);
            Assert.Contains("\r\nDocker-Guard-Proxy: turned-away\r\n", head, StringComparison.Ordinal);
            Assert.Contains("\r\nRetry-After: 1\r\n", head, StringComparison.Ordinal);
            Assert.Equal("""{"message":"docker-guard-proxy is being restarted; ask again"}""", body);
        }

        await Eventually.Async(() => stop.IsCompleted, () => _time.Advance(TimeSpan.FromMilliseconds(10)));
        // It stays with the engine, once.
        await SeenAsync(EngineOperation.Kill, 1);
    }

    [Fact]
    public async Task Callers_of_a_stuck_container_read_why_and_the_engine_sees_one_call()
    {
        var first = await CallAsync("POST", "/containers/web/kill");
        await SeenAsync(EngineOperation.Kill, 1);
        var second = await CallAsync("POST", $"/containers/{_id[..12]}/kill?signal=9");
        await Eventually.Async(() => _rig.Ledger.Snapshot().WaitingCalls == 1);

        var bodies = new List<string>();
        foreach (var client in new[] { first, second })
        {
            var (head, body) = await AnswerAsync(client);
            Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\n", head, StringComparison.Ordinal);
            Assert.Contains("\r\nContent-Type: application/json\r\n", head, StringComparison.Ordinal);
            Assert.Contains("\r\nDocker-Guard-Proxy: refused\r\n", head, StringComparison.Ordinal);
            Assert.Matches("\r\nRetry-After: [1-9][0-9]*\r\n", head);
            bodies.Add(body);
        }

        using var json = JsonDocument.Parse(bodies[0]);
        var text = json.RootElement.GetProperty("message").GetString()!;
        foreach (var part in new[] { "web", _id[..12], "writer", "percpu_rwsem_wait" }) Assert.Contains(part, text, StringComparison.Ordinal);

        // A repeat is held, told the same and not sent.
        var repeat = await CallAsync("POST", $"/containers/{_id}/stop?t=1");
        await Eventually.Async(() => _rig.Ledger.Snapshot().WaitingCalls == 1);
        bodies.Add((await AnswerAsync(repeat)).Body);
        Assert.Single(bodies.Distinct());
        Assert.Equal((1, 0), (_engine.Counters.Seen(EngineOperation.Kill), (int)_engine.Counters.Seen(EngineOperation.Stop)));
    }

    [Fact]
    public async Task A_caller_that_leaves_leaves_nothing_behind_but_the_open_call()
    {
        var first = await CallAsync("POST", "/containers/web/kill");
        await SeenAsync(EngineOperation.Kill, 1);
        var second = await CallAsync("POST", "/containers/web/kill");
        await Eventually.Async(() => _rig.Ledger.Snapshot().WaitingCalls == 1);
        second.Dispose();
        first.Dispose();
        await Eventually.Async(() => _rig.Ledger.Snapshot() is { WaitingCalls: 0, OpenCalls: 1 });
        Assert.Equal(1, _engine.Counters.Seen(EngineOperation.Kill));
    }

    [Fact]
    public async Task A_half_closed_caller_reads_why_too()
    {
        var caller = await CallAsync("POST", "/containers/web/kill");
        caller.HalfClose();
        await SeenAsync(EngineOperation.Kill, 1);
        Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\n", (await AnswerAsync(caller)).Head, StringComparison.Ordinal);
        Assert.Equal("", await caller.RestAsync());
    }

    [Fact]
    public async Task In_observe_mode_every_call_is_sent_and_none_refused()
    {
        _rig.Ledger.Policies = GuardPolicies.All(Policy with { Mode = GuardMode.Observe });
        var callers = new List<RawPeer>();
        for (var calls = 1; calls <= 3; calls++)
        {
            callers.Add(await CallAsync("POST", "/containers/web/kill"));
            await SeenAsync(EngineOperation.Kill, calls);
        }

        await Eventually.Async(() => _rig.Ledger.Snapshot().Refusals > 0, () => _time.Advance(TimeSpan.FromMilliseconds(100)));
        Assert.All(callers, caller => Assert.True(caller.IsSilent));
        _engine.Thaw("web");
        foreach (var caller in callers)
            Assert.StartsWith("HTTP/1.1 204 No Content\r\n", (await caller.AnswerAsync()).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thawed_all_callers_have_the_engines_answer()
    {
        var first = await CallAsync("POST", "/containers/web/kill");
        await SeenAsync(EngineOperation.Kill, 1);
        var second = await CallAsync("POST", "/containers/web/kill");
        await Eventually.Async(() => _rig.Ledger.Snapshot().WaitingCalls == 1);
        _engine.Thaw("web");
        foreach (var client in new[] { first, second })
            Assert.StartsWith("HTTP/1.1 204 No Content\r\n", (await client.AnswerAsync()).Head, StringComparison.Ordinal);
        Assert.Equal(1, _engine.Counters.Seen(EngineOperation.Kill));
        Assert.Equal((0, 0), (_rig.Ledger.Snapshot().OpenCalls, _rig.Ledger.Snapshot().WaitingCalls));
    }

    [Fact]
    public async Task A_name_that_has_come_to_mean_another_container_is_forwarded_as_it_came()
    {
        await CallAsync("POST", "/containers/web/kill");
        await SeenAsync(EngineOperation.Kill, 1);
        _rig.Asked.Containers = [new ListedContainer(_id, ["/old"], Running: true, Pod: null)];
        await CallAsync("POST", "/containers/web/kill");
        await SeenAsync(EngineOperation.Kill, 2);
        Assert.Equal(0, _rig.Ledger.Snapshot().WaitingCalls);
    }

    [Fact]
    public async Task A_fault_of_the_guard_sends_a_waiting_call_to_the_container_it_meant()
    {
        await CallAsync("POST", "/containers/web/kill");
        await SeenAsync(EngineOperation.Kill, 1);
        var waiting = await CallAsync("POST", "/containers/web/kill");
        await Eventually.Async(() => _rig.Ledger.Snapshot().WaitingCalls == 1);
        await _engine.Daemon.RenameAsync("web", "old");
        _engine.Daemon.Create(new() { Name = "web" });
        await _engine.Daemon.StartAsync("web");

        _rig.Ledger.RunEnded(null!, 1);
        await Eventually.Async(() => _engine.Counters.Waiters == 2);
        Assert.True(_engine.Daemon.Containers.Get("web").IsRunning);
        _engine.Thaw("old");
        Assert.StartsWith("HTTP/1.1 204 No Content\r\n", (await waiting.AnswerAsync()).Head, StringComparison.Ordinal);
        Assert.True(_engine.Daemon.Containers.Get("web").IsRunning);
    }

    [Fact]
    public async Task A_call_by_full_id_asks_the_engine_nothing()
    {
        await CallAsync("POST", $"/containers/{_id}/kill");
        await SeenAsync(EngineOperation.Kill, 1);
        await CallAsync("POST", $"/containers/{_id}/kill");
        await Eventually.Async(() => _rig.Ledger.Snapshot().WaitingCalls == 1);
        Assert.Empty(_rig.Asked.Asked);
    }

    [Fact]
    public async Task Switched_off_it_passes_every_call_on()
    {
        _rig.Ledger.Policies = GuardPolicies.All(Policy with { Mode = GuardMode.Off });
        for (var calls = 1; calls <= 3; calls++)
        {
            await CallAsync("POST", "/containers/web/kill");
            await SeenAsync(EngineOperation.Kill, calls);
        }

        Assert.Equal(0, _rig.Ledger.Snapshot().OpenCalls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_caller_whom_off_has_freed_waits_no_longer_than_it_wants_to(bool stops)
    {
        await CallAsync("POST", "/containers/web/kill");
        await SeenAsync(EngineOperation.Kill, 1);
        var waiting = await CallAsync("POST", "/containers/web/kill");
        await Eventually.Async(() => _rig.Ledger.Snapshot().WaitingCalls == 1);
        _rig.Ledger.Policies = GuardPolicies.All(Policy with { Mode = GuardMode.Off });
        await Eventually.Async(() => _engine.Counters.Waiters == 2);
        if (stops)
        {
            _rig.Guarded.TurnAway(all: true);
            Assert.StartsWith("HTTP/1.1 503 ", (await waiting.AnswerAsync()).Head, StringComparison.Ordinal);
        }
        else
        {
            foreach (var client in _clients)
                client.Dispose();
        }

        await Eventually.Async(() => !_rig.Guarded.Any);
    }

    private Task SeenAsync(EngineOperation operation, int calls) => Eventually.Async(() => _engine.Counters.Seen(operation) == calls);

    private async Task<RawPeer> CallAsync(string method, string target)
    {
        var client = await _rig.ConnectAsync();
        _clients.Add(client);
        await client.SendAsync($"{method} {target} HTTP/1.1\r\nHost: h\r\n\r\n");
        return client;
    }

    /// <summary>Lets simulated time run until the answer is there.</summary>
    private async Task<(string Head, string Body)> AnswerAsync(RawPeer client)
    {
        await Eventually.Async(() => !client.IsSilent, () => _time.Advance(TimeSpan.FromMilliseconds(100)));
        return await client.AnswerAsync();
    }
}
