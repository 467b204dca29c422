using DockerGuardProxy.EngineTests.Lab;
using DockerGuardProxy.Sockets;
using Xunit;

namespace DockerGuardProxy.EngineTests.Listen;

/// <summary>A socket that the service manager made and keeps: it outlives the proxy, and with it everybody who waits in its backlog.</summary>
public sealed class HandedSocketTests(Laboratory laboratory)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task It_is_neither_made_nor_removed_and_serves_again_after_SIGTERM_and_SIGKILL()
    {
        var bench = await laboratory.BenchAsync();
        await using var proxy = await Proxy.StartHandedAsync(bench.Engine);
        var inode = SocketFile.Inode(proxy.Socket);
        Assert.Contains("handed over by the service manager", await File.ReadAllTextAsync(proxy.Daemon.Log), StringComparison.Ordinal);
        Assert.Equal("OK", await proxy.Api.GetTextAsync("/_ping"));

        Assert.Equal(0, await proxy.StopAsync(Limit));
        Assert.Equal(inode, SocketFile.Inode(proxy.Socket));
        var waiting = Task.Run(() => ShortCalls.PingAsync(proxy.Socket));
        await proxy.StartAsync();
        Assert.Null((await waiting).Fault);

        proxy.Daemon.Signal(9);
        await proxy.Daemon.WaitAsync(Limit);
        Assert.Equal(inode, SocketFile.Inode(proxy.Socket));
        await proxy.StartAsync();
        Assert.Null((await ShortCalls.PingAsync(proxy.Socket)).Fault);
        Assert.Equal(inode, SocketFile.Inode(proxy.Socket));
    }

    [Fact]
    public async Task Restarts_under_200_calls_a_second_lose_none()
    {
        const int Restarts = 5, PerSecond = 200;
        var bench = await laboratory.BenchAsync();
        await using var proxy = await Proxy.StartHandedAsync(bench.Engine);
        Assert.Null((await ShortCalls.PingAsync(proxy.Socket)).Fault);

        await using var load = ShortCalls.Start(proxy.Socket, PerSecond);
        for (var i = 0; i < Restarts; i++)
        {
            await Task.Delay(1000);
            Assert.Equal(0, await proxy.StopAsync(Limit));
            await proxy.StartAsync();
        }

        await load.RecordAsync($"{Restarts} restarts");
    }
}
