using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static DockerGuardProxy.Tests.Engine.Samples;

namespace DockerGuardProxy.Tests.Engine;

public sealed class BypassWatchTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
    private readonly ContainerIndex _index = new(NullLogger<ContainerIndex>.Instance);
    private readonly BypassWatch _watch;

    public BypassWatchTests()
    {
        _watch = new BypassWatch(_index, _time);
        _index.Listen(_watch);
        List();
        Pass(30);
    }

    [Fact]
    public void What_came_through_us_does_not_count()
    {
        foreach (var (kind, signals) in new[]
        {
            (ChangingCallKind.Stop, new[] { "15", "9" }), (ChangingCallKind.Restart, ["2", "9"]), (ChangingCallKind.Kill, ["1"]),
            (ChangingCallKind.Kill, ["9"]), (ChangingCallKind.Remove, ["9"]),
        })
        {
            var sent = _watch.Sending(kind, Id("a"));
            foreach (var signal in signals)
                Signal(signal);
            _watch.Answered(sent);
        }

        Pass(30);
        Assert.Equal(0, _watch.Read().Count);
    }

    [Fact]
    public void What_did_not_counts_half_a_minute_later()
    {
        Signal("15");
        Signal("9");
        Pass(29);
        Assert.Equal((0, null), _watch.Read());
        Pass(1);
        var (count, last) = _watch.Read();
        Assert.Equal((2, Id("a"), "web", "9", _time.GetUtcNow() - TimeSpan.FromSeconds(30)), (count, last!.Id, last.Name, last.Signal, last.Time));
        Pass(60);
        Assert.Equal((2, last), _watch.Read());
    }

    [Fact]
    public void One_call_explains_no_more_than_it_does()
    {
        _watch.Sending(ChangingCallKind.Stop, Id("a"));
        Signal("15");
        Signal("15");
        Signal("9");
        Signal("9");
        Pass(30);
        Assert.Equal(2, _watch.Read().Count);
    }

    [Fact]
    public void A_call_that_is_never_answered_explains_until_its_run_ends()
    {
        _watch.Sending(ChangingCallKind.Stop, Id("a"));
        Pass(3600);
        Signal("15");
        Pass(3600);
        _index.Apply(Event("die", "a", "web"));
        Pass(31);
        Signal("9");
        Pass(30);
        Assert.Equal(1, _watch.Read().Count);
    }

    [Fact]
    public void An_event_may_be_late()
    {
        var sent = _watch.Sending(ChangingCallKind.Kill, Id("a"));
        _watch.Answered(sent);
        Pass(29);
        Signal("15");
        Pass(30);
        Assert.Equal(0, _watch.Read().Count);
    }

    [Fact]
    public void A_call_for_somebody_unknown_may_be_for_anybody()
    {
        _watch.Sending(ChangingCallKind.Kill, null);
        Signal("15");
        Signal("15");
        Pass(30);
        Assert.Equal(1, _watch.Read().Count);
    }

    [Fact]
    public void An_engine_that_ends_signals_for_itself()
    {
        Signal("15");
        _index.LoseTrack();
        Pass(60);
        Assert.Equal(0, _watch.Read().Count);
        _index.EngineRestarted();
        List();
        Signal("9");
        Pass(60);
        Assert.Equal(0, _watch.Read().Count);
        Signal("9");
        Pass(30);
        Assert.Equal(1, _watch.Read().Count);
    }

    [Fact]
    public void An_engine_that_was_only_lost_for_a_while_has_signalled_for_somebody()
    {
        Signal("15");
        _index.LoseTrack();
        Pass(60);
        List();
        Assert.Equal(1, _watch.Read().Count);
    }

    [Fact]
    public void Old_events_and_those_of_a_swarm_are_not_judged()
    {
        Signal("9", secondsAgo: 31);
        _index.Apply(Event("kill", "a", "web", Nano(0), ("signal", "9"), ("com.docker.swarm.task.id", "t1")));
        Pass(30);
        Assert.Equal(0, _watch.Read().Count);
    }

    [Fact]
    public void The_first_half_minute_is_not_judged()
    {
        var watch = new BypassWatch(_index, _time);
        watch.Killed(new Container { Id = Id("a") }, "9", _time.GetUtcNow());
        Pass(29.9);
        watch.Killed(new Container { Id = Id("a") }, "9", _time.GetUtcNow());
        Pass(0.1);
        watch.Killed(new Container { Id = Id("a") }, "9", _time.GetUtcNow());
        Pass(30);
        Assert.Equal(1, watch.Read().Count);
    }

    [Fact]
    public void Thousands_of_open_calls_are_kept_as_a_few_and_explain_as_many()
    {
        for (var i = 0; i < 3000; i++)
            _watch.Sending(ChangingCallKind.Kill, Id("a"));
        for (var i = 0; i < 3001; i++)
            Signal("15");
        Pass(30);
        Assert.Equal(1, _watch.Read().Count);
    }

    private void Pass(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    private void Signal(string signal, double secondsAgo = 0) => _index.Apply(Event("kill", "a", "web", Nano(secondsAgo), ("signal", signal)));

    private long Nano(double secondsAgo) => (_time.GetUtcNow().AddSeconds(-secondsAgo) - DateTimeOffset.UnixEpoch).Ticks * 100;

    private void List()
    {
        _index.BeginList();
        _index.EndList([Listed("a", true, "/web")]);
    }
}
