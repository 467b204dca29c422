using DockerGuardProxy.Listen;
using Xunit;

namespace DockerGuardProxy.Tests.Listen;

public sealed class OneShotTokenTests
{
    [Fact]
    public void It_fires_once()
    {
        using var token = new OneShotToken();
        var fired = 0;
        token.Token.Register(() => fired++);
        token.Fire();
        token.Fire();
        Assert.Equal(1, fired);
    }

    [Fact]
    public void Disposed_of_it_does_not_fire()
    {
        var token = new OneShotToken();
        var fired = 0;
        token.Token.Register(() => fired++);
        token.Dispose();
        token.Dispose();
        token.Fire();
        Assert.Equal(0, fired);
        Assert.False(token.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task No_lock_is_held_while_it_fires()
    {
        var token = new OneShotToken();
        using var inside = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        token.Token.Register(() =>
        {
            inside.Set();
            goOn.Wait();
        });
        var firing = Task.Factory.StartNew(token.Fire, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        inside.Wait(TestContext.Current.CancellationToken);

        // Another thread comes by meanwhile, as that of a client that leaves.
        token.Fire();
        token.Dispose();
        goOn.Set();
        await firing;
        Assert.True(token.Token.IsCancellationRequested);
    }

    [Fact]
    public void What_is_thrown_inside_is_thrown_to_whoever_fires()
    {
        using var token = new OneShotToken();
        token.Token.Register(() => throw new IOException("gone"));
        Assert.IsType<IOException>(Assert.Throws<AggregateException>(token.Fire).InnerException);
        token.Fire();
    }
}
