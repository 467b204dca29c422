using DockerGuardProxy.Demo.Simulation;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Hosting;
using Xunit;

namespace DockerGuardProxy.Tests.Route;

/// <summary>The engine does not say in time whom a name means.</summary>
public sealed partial class GuardedCallsTests
{
    [Fact]
    public async Task In_doubt_about_the_name_a_stuck_container_is_stuck_all_the_same()
    {
        var first = await CallAsync("POST", "/containers/web/kill");
        await SeenAsync(EngineOperation.Kill, 1);
        await AnswerAsync(first);
        _rig.Asked.Interfere = (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
        for (var repeats = 0; repeats < 3; repeats++)
        {
            var repeat = await CallAsync("POST", "/containers/web/kill");
            Assert.Contains("\r\nDocker-Guard-Proxy: refused\r\n", (await AnswerAsync(repeat)).Head, StringComparison.Ordinal);
        }

        Assert.Equal(1, _engine.Counters.Seen(EngineOperation.Kill));
    }

    [Fact]
    public async Task In_doubt_and_with_events_missed_a_stuck_container_is_no_reason_to_refuse()
    {
        var first = await CallAsync("POST", "/containers/web/kill");
        await SeenAsync(EngineOperation.Kill, 1);
        await AnswerAsync(first);
        _rig.Asked.Interfere = (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
        _rig.Index.LoseTrack();
        await CallAsync("POST", "/containers/web/kill");
        await Eventually.Async(() => _engine.Counters.Seen(EngineOperation.Kill) == 2, Push);
    }

    [Fact]
    public async Task In_doubt_without_evidence_no_more_are_unanswered_than_may_be_in_flight_and_the_others_wait()
    {
        var callers = await InDoubtAsync(6);
        _rig.Asked.Interfere = null;
        await Eventually.Async(() => _rig.Ledger.Snapshot().WaitingCalls == 6 - Policy.MaxInFlight, Push);
        Assert.Equal(1 + Policy.MaxInFlight, _engine.Counters.Seen(EngineOperation.Kill));
        _engine.Thaw("web");
        foreach (var caller in callers)
            Assert.StartsWith("HTTP/1.1 204 No Content\r\n", (await AnswerAsync(caller)).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_doubt_an_answer_makes_room_for_the_next()
    {
        var callers = await InDoubtAsync(6);
        _engine.Thaw("web");
        foreach (var caller in callers)
            Assert.StartsWith("HTTP/1.1 ", (await AnswerAsync(caller)).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_doubt_those_who_wait_are_let_go_when_the_guard_is_switched_off()
    {
        await InDoubtAsync(6);
        _rig.Ledger.Policies = GuardPolicies.All(Policy with { Mode = GuardMode.Off });
        await Eventually.Async(() => _engine.Counters.Seen(EngineOperation.Kill) == 7, Push);
    }

    [Fact]
    public async Task In_doubt_nothing_is_kept_of_callers_who_have_left()
    {
        await InDoubtAsync(6);
        foreach (var client in _clients) client.Dispose();
        await Eventually.Async(() => !_rig.Guarded.Any, Push);
        Assert.Equal(1 + Policy.MaxInFlight, _engine.Counters.Seen(EngineOperation.Kill));
    }

    [Fact]
    public async Task In_doubt_those_who_wait_are_told_to_ask_again_when_the_proxy_stops()
    {
        _rig.Drain = TimeSpan.Zero;
        await InDoubtAsync(3);
        var stop = _rig.DrainAsync();
        await Eventually.Async(() => _clients.Any(client => !client.IsSilent), () => _time.Advance(TimeSpan.FromMilliseconds(5)));
        foreach (var client in _clients)
        {
            await Eventually.Async(() => !client.IsSilent, () => _time.Advance(TimeSpan.FromMilliseconds(5)));
            Assert.Contains("\r\nDocker-Guard-Proxy: turned-away\r\n", (await client.AnswerAsync()).Head, StringComparison.Ordinal);
        }

        await Eventually.Async(() => stop.IsCompleted, () => _time.Advance(TimeSpan.FromMilliseconds(10)));
        Assert.Equal(1 + Policy.MaxInFlight, _engine.Counters.Seen(EngineOperation.Kill));
    }

    /// <summary>Callers by name while no list answers: as many as may be in flight are sent, besides the first.</summary>
    private async Task<List<RawPeer>> InDoubtAsync(int count)
    {
        _rig.Ledger.Policies = GuardPolicies.All(Policy with { Patience = TimeSpan.FromHours(1) });
        List<RawPeer> callers = [await CallAsync("POST", "/containers/web/kill")];
        await SeenAsync(EngineOperation.Kill, 1);
        _rig.Asked.Interfere = (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
        for (var i = 0; i < count; i++) callers.Add(await CallAsync("POST", "/containers/web/kill"));
        await Eventually.Async(() => _engine.Counters.Seen(EngineOperation.Kill) == 1 + Policy.MaxInFlight, Push);

        // The others have asked once more, and nothing came of it.
        var asked = _rig.Asked.Asked.Count;
        await Eventually.Async(() => _rig.Asked.Asked.Count >= asked + 2, Push);
        Assert.Equal(1 + Policy.MaxInFlight, _engine.Counters.Seen(EngineOperation.Kill));
        return callers;
    }

    private void Push() => _time.Advance(TimeSpan.FromMilliseconds(20));
}
