using DockerGuardProxy.Engine;
using Xunit;
using static DockerGuardProxy.Tests.Engine.Samples;

namespace DockerGuardProxy.Tests.Engine;

public sealed class RunningExecsTests
{
    private readonly RunningExecs _execs = new();

    [Fact]
    public void An_exec_counts_from_its_start_to_its_end()
    {
        Assert.True(Start("a", "1"));
        Assert.True(Start("a", "1"));
        Assert.True(Start("a", "2"));
        Assert.True(Start("b", "3"));
        Assert.Equal("a 2 b 1", Show());
        Assert.True(End("a", "2"));
        Assert.True(End("a", "never begun"));
        Assert.True(End("b", "3"));
        Assert.Equal("a 1", Show());
    }

    [Fact]
    public void All_end_with_their_container_and_all_are_forgotten_after_a_gap()
    {
        Start("a", "1");
        Start("b", "2");
        _execs.Forget(Id("a"));
        Assert.Equal("b 1", Show());
        _execs.Clear();
        Assert.Equal("", Show());
    }

    [Theory]
    [InlineData("die")]
    [InlineData("exec_create: sh")]
    [InlineData("exec_detach")]
    public void Other_events_are_none_of_its_business(string action) => Assert.False(_execs.Take(Event(action, "a")));

    [Fact]
    public void An_event_without_its_exec_counts_nothing()
    {
        Assert.True(_execs.Take(Event("exec_start: sh", "a")));
        Assert.Equal("", Show());
    }

    [Fact]
    public void Many_are_in_doubt_at_each_doubling_and_those_the_engine_knows_are_kept()
    {
        var asked = new List<string>();
        _execs.InDoubt = asked.Add;
        for (var i = 0; i < 100; i++)
            Start("a", $"{i}");
        Assert.Equal([Id("a"), Id("a")], asked);
        _execs.Keep(Id("a"), ["7", "99", "of another time"]);
        Assert.Equal("a 2", Show());
        _execs.Keep(Id("a"), []);
        _execs.Keep(Id("z"), ["1"]);
        Assert.Equal("", Show());
    }

    [Fact]
    public void There_is_a_bound_to_a_container()
    {
        for (var i = 0; i < RunningExecs.MaxOfContainer + 10; i++)
            Start("a", $"{i}");
        Assert.Equal($"a {RunningExecs.MaxOfContainer}", Show());
    }

    private bool Start(string id, string exec) => _execs.Take(Event("exec_start: sh -c 'true'", id, more: ("execID", exec)));

    private bool End(string id, string exec) => _execs.Take(Event("exec_die", id, more: ("execID", exec)));

    private string Show() => string.Join(
        ' ', _execs.Read().OrderBy(it => it.Id, StringComparer.Ordinal).Select(it => $"{it.Id.TrimEnd('0')} {it.Count}"));
}
