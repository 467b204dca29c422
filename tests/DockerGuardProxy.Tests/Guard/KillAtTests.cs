using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using Xunit;

namespace DockerGuardProxy.Tests.Guard;

public sealed class KillAtTests
{
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(50);

    [Theory]
    [InlineData(Operation.Kill)]
    [InlineData(Operation.Remove)]
    internal void Kill_and_removal_kill_at_once(Operation operation) =>
        Assert.Equal(Now, KillAt.Of(new TerminatingCall(operation, "x", Grace.OfContainer, null), null, null, Now).Time);

    [Theory]
    [InlineData("KILL")]
    [InlineData("9")]
    public void A_stop_by_SIGKILL_kills_at_once(string signal) =>
        Assert.Equal(Now, KillAt.Of(new TerminatingCall(Operation.Stop, "x", Grace.Never, signal), null, signal, Now).Time);

    [Fact]
    public void A_stop_without_t_takes_the_containers_timeout()
    {
        var stop = new TerminatingCall(Operation.Stop, "x", Grace.OfContainer, null);
        Assert.Equal(TimeSpan.FromSeconds(53), KillAt.Of(stop, TimeSpan.FromSeconds(3), "TERM", Now).Time);
        Assert.Equal(KillAt.Never, KillAt.Of(stop, TimeSpan.FromSeconds(-1), "TERM", Now));
        Assert.True(KillAt.Of(stop, null, "TERM", Now).IsUnknown);
    }

    [Fact]
    public void Its_own_t_goes_before_the_containers()
    {
        Assert.Equal(Now, KillAt.Of(new(Operation.Stop, "x", Grace.None, null), TimeSpan.FromSeconds(3), "TERM", Now).Time);
        Assert.Equal(KillAt.Never, KillAt.Of(new(Operation.Restart, "x", Grace.Never, null), TimeSpan.FromSeconds(3), "TERM", Now));
    }

    [Fact]
    public void Never_is_later_than_any_known_one_and_no_later_than_itself()
    {
        Assert.True(KillAt.Known(Now).IsSoonerThan(KillAt.Never));
        Assert.False(KillAt.Never.IsSoonerThan(KillAt.Known(Now)));
        Assert.True(KillAt.Never.IsNoLaterThan(KillAt.Never));
        Assert.False(KillAt.Never.IsNoLaterThan(KillAt.Known(Now)));
        Assert.False(KillAt.Never.IsNoLaterThan(KillAt.Unknown(Now)));
        Assert.False(KillAt.Unknown(Now).IsNoLaterThan(KillAt.Never));
    }

    [Theory]
    [InlineData("SIGTERM", "TERM")]
    [InlineData("sigquit", "QUIT")]
    [InlineData("15", "15")]
    [InlineData("", "TERM")]
    [InlineData(null, null)]
    public void The_containers_signal_is_read_like_the_calls(string? stopSignal, string? effective)
    {
        var container = new GuardedContainer("id", "name", true, 1, StopSignal: stopSignal);
        Assert.Equal(effective, container.EffectiveSignal(null));
        Assert.Equal("INT", container.EffectiveSignal("INT"));
    }
}
