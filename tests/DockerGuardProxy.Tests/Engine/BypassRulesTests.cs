using System.Collections.Immutable;
using DockerGuardProxy.Engine;
using Xunit;

namespace DockerGuardProxy.Tests.Engine;

public sealed class BypassRulesTests
{
    private static readonly TimeSpan Now = TimeSpan.FromMinutes(10);

    // Calls as "container:any/kills", with "?" for one that nobody knows, and what is left of them after the event.
    [Theory]
    [InlineData("a:1/1", "15", "a:0/1")]
    [InlineData("a:1/1", "9", "a:1/0")]
    [InlineData("a:1/0", "9", "a:0/0")]
    [InlineData("a:0/1", "9", "a:0/0")]
    [InlineData("a:0/1", "15", "-")]
    [InlineData("a:0/1", null, "-")]
    [InlineData("a:1/0", null, "a:0/0")]
    [InlineData("b:1/1", "9", "-")]
    [InlineData("", "9", "-")]
    [InlineData("?:1/1 a:1/0", "9", "?:1/1 a:0/0")]
    [InlineData("?:1/1", "15", "?:0/1")]
    [InlineData("a:1/0 a:1/1", "9", "a:1/0 a:1/0")]
    [InlineData("a:1/1 a:1/1", "15", "a:0/1 a:1/1")]
    [InlineData("a:0/0 a:1/1", "15", "a:0/0 a:0/1")]
    public void An_event_is_explained_by_a_call_that_has_one_left(string sent, string? signal, string left)
    {
        var calls = sent.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Parse).ToImmutableList();
        Assert.Equal(left, Show(BypassRules.Explain(calls, "a", signal, Now)));
    }

    [Theory]
    [InlineData(30, true)]
    [InlineData(30.1, false)]
    public void An_answered_call_explains_for_half_a_minute_more(double secondsAgo, bool explains)
    {
        var call = new SentKill(1, "a", 1, 1, Now - TimeSpan.FromSeconds(secondsAgo));
        Assert.Equal(explains, BypassRules.Explain([call], "a", "15", Now) is not null);
    }

    [Fact]
    public void An_event_counts_when_the_engine_has_lived_on_for_half_a_minute()
    {
        var (old, young) = (At(30), At(29));
        Assert.Equal([old], BypassRules.Proven([old, young], eventsCome: true, Now));
        Assert.Empty(BypassRules.Proven([old, young], eventsCome: false, Now));

        static Bypass At(double secondsAgo) => new(Now - TimeSpan.FromSeconds(secondsAgo), default, "a", "web", "9");
    }

    private static SentKill Parse(string text, int number)
    {
        var (id, any, kills) = (text[..1], text[2] - '0', text[4] - '0');
        return new SentKill(number, id == "?" ? null : id, any, kills);
    }

    private static string Show(ImmutableList<SentKill>? sent) =>
        sent is null ? "-" : string.Join(' ', sent.Select(call => $"{call.Id ?? "?"}:{call.AnySignal}/{call.Kills}"));
}
