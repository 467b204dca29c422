using DockerGuardProxy.Guard;
using Xunit;

namespace DockerGuardProxy.Tests.Guard;

public sealed class StreamRulesTests
{
    private static readonly StreamsPolicy Policy = new();

    /// <summary>Seconds unmoved, seconds gone (-1: it lives), and what comes of it; 10 s and 5 s are the policy's.</summary>
    [Theory]
    [InlineData(0, -1, "Leave")]
    [InlineData(1.9, 60, "Leave")]
    [InlineData(2, -1, "Look")]
    [InlineData(9.9, 60, "Look")]
    [InlineData(10, -1, "Look")]
    [InlineData(86_400, -1, "Look")]
    [InlineData(10, 0, "Look")]
    [InlineData(10, 4.9, "Look")]
    [InlineData(10, 5, "TakeOver")]
    [InlineData(86_400, 5, "TakeOver")]
    public void A_stream_is_taken_over_only_when_it_stalls_and_its_process_has_been_gone(double unmoved, double gone, string verdict) =>
        Assert.Equal(verdict, Judge(Facts(unmoved, gone)).ToString());

    [Fact]
    public void In_observe_it_is_said_and_off_nothing_is()
    {
        Assert.Equal(StreamVerdict.Say, Judge(Facts(10, 5), GuardMode.Observe));
        Assert.Equal(StreamVerdict.Leave, Judge(Facts(10, 5), GuardMode.Off));
        Assert.Equal(StreamVerdict.Look, Judge(Facts(10, -1), GuardMode.Observe));
    }

    [Fact]
    public void Where_nothing_waits_or_all_is_done_or_the_engine_has_told_of_the_end_it_is_left()
    {
        Assert.Equal(StreamVerdict.Leave, Judge(Facts(60, 60) with { Unread = 0 }));
        Assert.Equal(StreamVerdict.Leave, Judge(Facts(60, 60) with { IsDone = true }));
        Assert.Equal(StreamVerdict.Leave, Judge(Facts(60, 60) with { IsOver = true }));
        Assert.Equal(StreamVerdict.Leave, Judge(Facts(60, 60) with { IsSaid = true }, GuardMode.Observe));
        Assert.Equal(StreamVerdict.TakeOver, Judge(Facts(60, 60) with { IsSaid = true }));
    }

    [Fact]
    public void A_client_is_stalled_once_bytes_have_waited_unmoved()
    {
        Assert.False(StreamRules.IsStalled(Facts(9.9, -1), Policy));
        Assert.True(StreamRules.IsStalled(Facts(10, -1), Policy));
        Assert.False(StreamRules.IsStalled(Facts(10, -1) with { Unread = 0 }, Policy));
    }

    [Fact]
    public void A_stall_shorter_than_the_wait_for_the_end_looks_at_once() =>
        Assert.Equal(StreamVerdict.Look, StreamRules.Judge(Facts(0, -1), Policy with { Stall = TimeSpan.FromSeconds(3) }));

    [Fact]
    public void The_clock_begins_anew_with_each_byte()
    {
        var clock = new UnmovedClock(5, 1, TimeSpan.FromSeconds(1));
        Assert.Equal(clock, clock.With(5, 1, TimeSpan.FromSeconds(9)));
        Assert.Equal(TimeSpan.FromSeconds(9), clock.With(4, 1, TimeSpan.FromSeconds(9)).Since);
        Assert.Equal(TimeSpan.FromSeconds(9), clock.With(5, 2, TimeSpan.FromSeconds(9)).Since);
    }

    private static StreamVerdict Judge(StreamFacts facts, GuardMode mode = GuardMode.Enforce) =>
        StreamRules.Judge(facts, Policy with { Mode = mode });

    private static StreamFacts Facts(double unmoved, double gone) =>
        new(1, TimeSpan.FromSeconds(unmoved), gone < 0 ? null : TimeSpan.FromSeconds(gone), IsOver: false, IsSaid: false, IsDone: false);
}
