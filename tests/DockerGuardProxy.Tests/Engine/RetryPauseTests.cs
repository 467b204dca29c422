using DockerGuardProxy.Engine;
using Xunit;

namespace DockerGuardProxy.Tests.Engine;

public sealed class RetryPauseTests
{
    [Fact]
    public void It_doubles_to_a_limit_that_depends_on_how_it_failed()
    {
        var pause = new RetryPause(() => 0.5);
        Assert.Equal([100, 200, 400, 800, 1600, 2000, 2000], Enumerable.Range(0, 7).Select(_ => pause.Next(hung: false).TotalMilliseconds));
        Assert.Equal([12_800, 25_600, 51_200, 60_000], Enumerable.Range(0, 4).Select(_ => pause.Next(hung: true).TotalMilliseconds));
        pause.Reset();
        Assert.Equal(100, pause.Next(hung: true).TotalMilliseconds);
    }

    [Theory]
    [InlineData(0, 75)]
    [InlineData(0.999999, 125)]
    public void It_varies_by_a_quarter(double random, double expected) =>
        Assert.Equal(expected, new RetryPause(() => random).Next(hung: false).TotalMilliseconds, 0.01);
}
