using System.Diagnostics;
using System.Globalization;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>What callers cost that wait on one stuck container, and what becomes of one more.</summary>
public sealed class ManyCallersTests
{
    private const int Callers = 4000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task Four_thousand_callers_are_held_in_little_memory_and_one_more_is_refused_at_once()
    {
        await using var engine = await Dockerd.StartAsync(Dockerd.Leaky);
        await using var proxy = await Proxy.StartAsync(
            engine, $$"""{ "patience": "3s", "repeatHold": ["1h"], "maxWaiting": { "container": {{Callers}}, "node": {{Callers}} } }""");
        await using var stuck = await IncidentContainer.StartAsync(engine, "stuck");
        await proxy.ReadyAsync();
        Assert.Equal(503, (await proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/stop?t=1")).Status);

        // 1. A first round and its end, so that what is kept for good is not counted as theirs.
        await DropAsync(await HoldAsync(proxy, stuck, 100), proxy);
        var before = proxy.Daemon.Rss();

        // 2. All of them.
        var clock = Stopwatch.StartNew();
        var callers = await HoldAsync(proxy, stuck, Callers);
        Figures.Record("4,000 callers until all were held", clock.Elapsed);
        await Task.Delay(3000);
        var each = (proxy.Daemon.Rss() - before) / 1024.0 / Callers;
        Figures.Record("RSS before, MB", before >> 20);
        Figures.Record("RSS with 4,000 held callers, MB", proxy.Daemon.Rss() >> 20);
        Figures.Record(
            $"memory of a held caller, KB ({(Proxy.Published ? "published" : "JIT")}; aim 25)", each.ToString("0.0", CultureInfo.InvariantCulture));
        Assert.InRange(each, 0, 200);
        Assert.Equal(1, await engine.OpenCallsAsync());

        // 3. Beyond: at once, and the others wait on.
        var refused = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/stop?t=1")));
        Assert.All(refused, answer => Assert.Equal((503, "refused"), (answer.Status, answer.Decision)));
        Figures.Record("refused beyond maxWaiting, slowest of 20", refused.Max(answer => answer.Took));
        Assert.InRange(refused.Max(answer => answer.Took), TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal(Callers, (await proxy.StatusAsync()).Calls.Waiting);
        Assert.Equal("OK", await proxy.Api.GetTextAsync("/_ping"));

        // 4. Half of them leave and make room.
        clock.Restart();
        await DropAsync(callers[..(Callers / 2)], proxy, left: Callers / 2);
        Figures.Record("2,000 callers left until they were forgotten", clock.Elapsed);
        callers = callers[(Callers / 2)..];
        var late = proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/stop?t=1");
        Assert.NotNull(await proxy.BecomesAsync(status => status.Calls.Waiting == callers.Count + 1, Limit));

        // 5. The thaw answers the others.
        clock.Restart();
        await stuck.ThawAsync();
        using var limit = new CancellationTokenSource(Limit);
        foreach (var caller in callers)
            Assert.Equal("HTTP/1.1 204 No Content", await caller.LineAsync(limit.Token));
        Figures.Record("thaw until 2,000 callers were answered", clock.Elapsed);
        Assert.Equal(204, (await late).Status);
        callers.ForEach(caller => caller.Dispose());
        Assert.NotNull(await proxy.BecomesAsync(status => status.IsEmpty(), Limit));
        Assert.NotNull(await Poll.UntilAsync(() => proxy.Daemon.Sockets() < 100, Limit));
        Figures.Record("RSS afterwards, MB", proxy.Daemon.Rss() >> 20);
        Assert.Equal(1, engine.CallsSeen(stuck.Name, "/stop"));
        Assert.Equal(0, (await proxy.StatusAsync()).Faults);
    }

    private static async Task<List<RawClient>> HoldAsync(Proxy proxy, IncidentContainer stuck, int count)
    {
        var callers = new List<RawClient>(count);
        for (var i = 0; i < count; i++)
        {
            var caller = await RawClient.ConnectAsync(proxy.Socket);
            callers.Add(caller);
            var path = (i % 3) switch
            {
                0 => $"/containers/{stuck.Name}/stop?t=1",
                1 => $"/v1.24/containers/{stuck.Id}/stop?t=10",
                _ => $"/containers/{stuck.Id}/kill?signal=KILL",
            };
            await caller.SendAsync($"POST {path} HTTP/1.1\r\nHost: docker\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: 0\r\n\r\n");
        }

        var held = await proxy.BecomesAsync(status => status.Calls.Waiting == count, Limit);
        Assert.True(held is not null, $"{(await proxy.StatusAsync()).Calls}");
        return callers;
    }

    private static async Task DropAsync(List<RawClient> callers, Proxy proxy, int left = 0)
    {
        callers.ForEach(caller => caller.Dispose());
        var gone = await proxy.BecomesAsync(status => status.Calls.Waiting == left, Limit);
        Assert.True(gone is not null, $"{(await proxy.StatusAsync()).Calls}");
    }
}
