using DockerGuardProxy.Listen;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Listen;

public sealed class CallTimesTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_call_is_brief_for_a_second_and_its_answer_for_a_tenth()
    {
        var call = new CallTimes(_time);
        Assert.True(call.IsBrief);
        call.Begin();
        _time.Advance(TimeSpan.FromMilliseconds(900));
        Assert.True(call.IsBrief);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.False(call.IsBrief);
        call.BeginAnswer();
        Assert.True(call.IsBrief);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.False(call.IsBrief);
        call.End();
        Assert.True(call.IsBrief);
    }

    [Fact]
    public void Of_many_streams_one_that_is_brief_is_enough()
    {
        var streams = new OpenStreams();
        Assert.True(streams.AnyBrief);
        var (old, young) = (new CallTimes(_time), new CallTimes(_time));
        streams.Begin(old);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(streams.AnyBrief);
        streams.Begin(young);
        Assert.True(streams.AnyBrief);
        streams.End(young);
        Assert.False(streams.AnyBrief);
        streams.End(old);
        Assert.True(streams.AnyBrief);
    }
}
