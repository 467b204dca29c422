using DockerGuardProxy.Engine;
using Xunit;

namespace DockerGuardProxy.Tests.Engine;

public sealed class BackoffTests
{
    [Fact]
    public void It_doubles_to_a_limit_that_depends_on_how_it_failed()
    {
        var backoff = new Backoff(() => 0.5);
        Assert.Equal([100, 200, 400, 800, 1600, 2000, 2000], Enumerable.Range(0, 7).Select(_ => backoff.Next(hung: false).TotalMilliseconds));
        Assert.Equal([12_800, 25_600, 51_200, 60_000], Enumerable.Range(0, 4).Select(_ => backoff.Next(hung: true).TotalMilliseconds));
        backoff.Reset();
        Assert.Equal(100, backoff.Next(hung: true).TotalMilliseconds);
    }

    [Theory]
    [InlineData(0, 75)]
    [InlineData(0.999999, 125)]
    public void It_varies_by_a_quarter(double random, double expected) =>
        Assert.Equal(expected, new Backoff(() => random).Next(hung: false).TotalMilliseconds, 0.01);
}
