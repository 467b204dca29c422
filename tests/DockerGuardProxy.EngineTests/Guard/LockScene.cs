using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>Tests of containers whose locks hang: what the calls cost, and that nothing is left of them.</summary>
public abstract class LockScene(Laboratory laboratory)
{
    /// <summary>After so long callers leave.</summary>
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>HttpClient closes an idle connection within a minute and a half.</summary>
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(100);

    private protected static string Inspect(string reference) => LockCalls.Get($"/containers/{reference}/json");

    /// <summary>The shared engine of a version, and its proxy, which knows its containers.</summary>
    private protected async Task<(Dockerd Engine, Proxy Proxy)> SetUpAsync(string version = Dockerd.Installed)
    {
        var bench = await laboratory.BenchAsync(version);
        var proxy = bench.Proxy!;
        await proxy.ReadyAsync();
        return (bench.Engine, proxy);
    }

    /// <summary>Callers of one kind that leave, without the proxy: each costs its own.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="what">What the figure is called.</param>
    /// <param name="handler">The engine's function that serves them.</param>
    /// <param name="count">How many of each of <paramref name="calls"/>.</param>
    /// <param name="calls">The calls.</param>
    /// <returns>What the engine has then: nothing of them comes later.</returns>
    private protected static async Task<(int Goroutines, int Descriptors)> LeaveDirectlyAsync(
        Dockerd engine, string what, string handler, int count, params string[] calls)
    {
        var (before, open) = (await engine.QuietAsync(), await engine.OpenCallsAsync(handler));
        await Task.WhenAll(calls.Select(call => LockCalls.LeavingAsync(engine.Socket, _ => call, count, 100 / calls.Length, Patience)));
        var direct = await engine.QuietWithAsync(handler, open + count * calls.Length);
        Figures.Record($"{what}: goroutines, descriptors", LockCalls.Growth(before, direct));
        Assert.InRange(direct.Goroutines - before.Goroutines, 9 * count * calls.Length / 10, 4 * count * calls.Length);
        return direct;
    }

    /// <summary>Fails if the calls since <paramref name="before"/> have cost the engine more than so many goroutines and descriptors.</summary>
    private protected static async Task CostsAtMostAsync(Dockerd engine, string what, (int Goroutines, int Descriptors) before, int most)
    {
        // A connection that nobody uses any more, of a question of the test's or of the proxy's own, is closed a while later. What calls that have
        // left have cost stays.
        var after = before;
        await Poll.UntilAsync(
            async () =>
            {
                after = await engine.QuietAsync();
                return after.Goroutines - before.Goroutines <= most && after.Descriptors - before.Descriptors <= most;
            },
            IdleLimit);
        var growth = LockCalls.Growth(before, after);
        Figures.Record($"{what}: goroutines, descriptors", growth);
        Assert.True(after.Goroutines - before.Goroutines <= most, $"{growth}\n{await engine.GoroutineDumpAsync()}");
        Assert.True(after.Descriptors - before.Descriptors <= most, growth);
    }

    /// <summary>Nobody waits any more, nothing is counted, and nothing has failed.</summary>
    private protected static async Task NothingIsLeftAsync(Proxy proxy)
    {
        Assert.NotNull(await proxy.BecomesAsync(status => status.Locks is { Waiting: 0, Containers.Count: 0 }, Limit));
        Assert.Equal(0, (await proxy.StatusAsync()).Faults);
    }
}
