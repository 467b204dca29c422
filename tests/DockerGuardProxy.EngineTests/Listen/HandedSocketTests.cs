using System.Diagnostics;
using DockerGuardProxy.EngineTests.Lab;
using DockerGuardProxy.Listen;
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
        var waiting = Task.Run(() => PingAsync(proxy.Socket));
        await proxy.StartAsync();
        Assert.Null((await waiting).Fault);

        proxy.Daemon.Signal(9);
        await proxy.Daemon.WaitAsync(Limit);
        Assert.Equal(inode, SocketFile.Inode(proxy.Socket));
        await proxy.StartAsync();
        Assert.Null((await PingAsync(proxy.Socket)).Fault);
        Assert.Equal(inode, SocketFile.Inode(proxy.Socket));
    }

    [Fact]
    public async Task Restarts_under_200_calls_a_second_lose_none()
    {
        const int Restarts = 5, PerSecond = 200;
        var bench = await laboratory.BenchAsync();
        await using var proxy = await Proxy.StartHandedAsync(bench.Engine);
        Assert.Null((await PingAsync(proxy.Socket)).Fault);

        using var end = new CancellationTokenSource();
        var calls = Task.Run(() => CallAsync(proxy.Socket, PerSecond, end.Token));
        for (var i = 0; i < Restarts; i++)
        {
            await Task.Delay(1000);
            Assert.Equal(0, await proxy.StopAsync(Limit));
            await proxy.StartAsync();
        }

        await Task.Delay(1000);
        await end.CancelAsync();
        var pings = await calls;
        var lost = pings.Where(ping => ping.Fault is not null).ToArray();
        Figures.Record($"{Restarts} restarts at {PerSecond} calls/s: calls, lost", $"{pings.Length}, {lost.Length}");
        Figures.Record("longest call, with its wait for the restart", pings.Max(ping => ping.Took));
        Assert.True(lost.Length == 0, $"{lost.Length} of {pings.Length} lost: {string.Join("; ", lost.Select(ping => ping.Fault).Distinct())}");
        Assert.True(pings.Length > Restarts * PerSecond / 2, $"only {pings.Length} calls were made");
    }

    private static async Task<Ping[]> CallAsync(string socket, int perSecond, CancellationToken end)
    {
        var calls = new List<Task<Ping>>();
        var clock = Stopwatch.StartNew();
        while (!end.IsCancellationRequested)
        {
            // Whatever the timer's grain, the rate is kept.
            while (calls.Count < clock.Elapsed.TotalSeconds * perSecond)
                calls.Add(PingAsync(socket));
            await Task.Delay(2, CancellationToken.None);
        }

        return await Task.WhenAll(calls);
    }

    // As curl and every short-lived CLI: a connection for one call, and no second try.
    private static async Task<Ping> PingAsync(string socket)
    {
        using var limit = new CancellationTokenSource(Limit);
        var clock = Stopwatch.StartNew();
        try
        {
            using var client = await RawClient.ConnectAsync(socket);
            if (!await client.SendAsync("GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n"u8.ToArray()))
                return new Ping(clock.Elapsed, "closed before the request was sent");
            var status = await client.LineAsync(limit.Token);
            return new Ping(clock.Elapsed, status == "HTTP/1.1 200 OK" ? null : status ?? "closed without an answer");
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or OperationCanceledException)
        {
            return new Ping(clock.Elapsed, e.Message);
        }
    }

    private sealed record Ping(TimeSpan Took, string? Fault);
}
