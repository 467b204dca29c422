using DockerGuardProxy.Route;
using Xunit;

namespace DockerGuardProxy.Tests.Route;

public sealed class DoubtfulCallsTests
{
    private readonly DoubtfulCalls _calls = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task As_many_as_there_are_places_enter_and_the_others_wait_in_turn()
    {
        Assert.True(await _calls.EnterAsync("a", 2, Cancel));
        Assert.True(await _calls.EnterAsync("a", 2, Cancel));
        Assert.True(await _calls.EnterAsync("b", 2, Cancel));
        var third = _calls.EnterAsync("a", 2, Cancel).AsTask();
        var fourth = _calls.EnterAsync("a", 2, Cancel).AsTask();
        Assert.False(third.IsCompleted);
        _calls.Leave("a");
        Assert.True(await third);
        Assert.False(fourth.IsCompleted);
        _calls.Leave("a");
        Assert.True(await fourth);
        _calls.Leave("a");
        _calls.Leave("a");
        _calls.Leave("b");
        Assert.True(await _calls.EnterAsync("a", 1, Cancel));
    }

    [Fact]
    public async Task Who_gives_up_takes_no_place()
    {
        Assert.True(await _calls.EnterAsync("a", 1, Cancel));
        using var leave = new CancellationTokenSource();
        var leaver = _calls.EnterAsync("a", 1, leave.Token).AsTask();
        var other = _calls.EnterAsync("a", 1, Cancel).AsTask();
        await leave.CancelAsync();
        Assert.False(await leaver);
        _calls.Leave("a");
        Assert.True(await other);
    }
}
