using DockerGuardProxy.Http;
using DockerGuardProxy.Sockets;
using Xunit;

namespace DockerGuardProxy.Tests.Http;

public sealed class Http2LinkTests
{
    [Fact]
    public void Long_heads_are_bounded_together_and_short_ones_are_not_counted()
    {
        using var link = new Http2Link(new EngineDialer("/none", TimeProvider.System), null!);
        for (var head = 0; head < 8; head++) Assert.True(link.TryTakeHead(1 << 20));
        Assert.False(link.TryTakeHead(1 << 20));
        Assert.False(link.TryTakeHead((32 * 1024) + 1));
        Assert.True(link.TryTakeHead(32 * 1024));
        link.ReturnHead(32 * 1024);
        Assert.False(link.TryTakeHead(1 << 20));
        link.ReturnHead(1 << 20);
        Assert.True(link.TryTakeHead(1 << 20));
    }
}
