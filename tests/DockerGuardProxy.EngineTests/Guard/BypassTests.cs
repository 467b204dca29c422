using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>Clients that bypass the proxy are counted by what the engine's own events say; those that come through it never are.</summary>
public sealed class BypassTests
{
    private static readonly string[] Deaf = ["sh", "-c", "trap : TERM HUP; while :; do sleep 0.05; done"];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    // Side by side: each waits for nearly two minutes and does next to nothing.
    [Fact]
    public Task Signals_of_clients_that_go_round_the_proxy_are_counted() =>
        Task.WhenAll(EngineVersions.Names.Select(IsCountedAsync));

    private static async Task IsCountedAsync(string version)
    {
        await using var engine = await Dockerd.StartAsync(version);
        await using var proxy = await Proxy.StartAsync(engine);
        await proxy.ReadyAsync();

        // 1. The first half minute is not judged.
        var id = await engine.Api.RunAsync("direct", Deaf);
        await Task.Delay(TimeSpan.FromSeconds(31));

        // 2. Through the proxy: every call that makes the engine signal, and clients that do not wait for their answer.
        await proxy.Api.RunAsync("proxied", Deaf);
        var since = IncidentEngine.Now();
        foreach (var call in new[]
        {
            "kill?signal=HUP", "kill?signal=TERM", "kill?signal=1", "stop?t=1", "start", "restart?t=1", "kill", "start", "stop?t=0", "start",
        })
        {
            Assert.Equal(204, (await proxy.Api.CallAsync("POST", "/containers/proxied/" + call, Limit)).Status);
        }
        await proxy.Api.CallAsync("POST", "/containers/proxied/stop?t=3", TimeSpan.FromMilliseconds(500));
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => proxy.Api.CallAsync("POST", "/containers/proxied/stop?t=1", Limit)));
        await proxy.Api.CallAsync("POST", "/containers/proxied/start");
        Assert.Equal(204, (await proxy.Api.CallAsync("DELETE", "/containers/proxied?force=1", Limit)).Status);

        // 3. Directly. By the time these count, so would all before them.
        Assert.Equal(204, (await engine.Api.CallAsync("POST", "/containers/direct/stop?t=1", Limit)).Status);
        var signals = await engine.EventsAsync(id, "kill", since);
        Assert.NotNull(await proxy.BecomesAsync(status => status.Calls.Bypassed >= signals, Limit));
        var calls = (await proxy.StatusAsync()).Calls;
        Figures.Record($"{version}: signals of a stop that bypassed the proxy, counted", $"{signals}, {calls.Bypassed}");
        Assert.Equal((2, 2L, id, "direct", "9"), (signals, calls.Bypassed, calls.LastBypass!.Id, calls.LastBypass.Name, calls.LastBypass.Signal));

        // 4. An engine that ends signals its containers for itself.
        await engine.Api.RunAsync("left", Deaf);
        await engine.StopAsync();
        await engine.StartAsync();
        await proxy.ReadyAsync();
        await Task.Delay(TimeSpan.FromSeconds(31));
        Assert.Equal(2, (await proxy.StatusAsync()).Calls.Bypassed);
    }
}
