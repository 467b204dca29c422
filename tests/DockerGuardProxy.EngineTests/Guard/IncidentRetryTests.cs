using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>The incident itself: impatient clients ask the leaky engine to end a stuck container again and again.</summary>
public sealed class IncidentRetryTests(Laboratory laboratory)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task Nine_hundred_stops_cost_the_leaky_engine_two()
    {
        var (engine, proxy) = await laboratory.BenchAsync(Dockerd.Leaky);
        await using var stuck = await IncidentContainer.StartAsync(engine, "retried");
        await proxy!.Api.GetTextAsync("/_ping");
        var baseline = await engine.QuietAsync();

        var (count, over) = Machine.LongForm ? (18_000, TimeSpan.FromMinutes(30)) : (900, TimeSpan.FromSeconds(36));
        var retries = proxy.Api.RetryAsync(_ => ("POST", $"/containers/{stuck.Name}/stop?t=1"), count, over, Patience);
        var most = await MostOpenAsync(engine, retries, "postContainersStop");
        Figures.Record($"answers to {count} × stop", (await retries).Summary());
        await CheckAsync(engine, baseline, "stop");
        Assert.InRange(most, 1, 2);
        Assert.InRange(engine.CallsSeen(stuck.Name, "/stop"), 1, 2);
        Assert.Equal(0, engine.CallsSeen(stuck.Id, "/stop"));

        // The same straight to the engine, on a smaller scale.
        await using var leaking = await IncidentContainer.StartAsync(engine, "leaking");
        var before = await engine.QuietAsync();
        await engine.Api.RetryAsync(_ => ("POST", $"/containers/{leaking.Name}/stop?t=1"), 60, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(2));
        await Task.Delay(1500);
        var after = await engine.QuietAsync();
        Figures.Record("direct: goroutines and descriptors for each of 60 retries",
            $"{(after.Goroutines - before.Goroutines) / 60.0:0.00}, {(after.Descriptors - before.Descriptors) / 60.0:0.00}");
        Assert.True(after.Goroutines >= before.Goroutines + 100, "The engine does not leak: the comparison shows nothing.");
        Assert.True(after.Descriptors >= before.Descriptors + 50, "The engine does not leak: the comparison shows nothing.");

        // What status says that saved calls would hold is what these do hold.
        var estimate = EngineCostReport.Of(60);
        Assert.InRange((after.Goroutines - before.Goroutines) / (double)estimate.Goroutines, 0.85, 1.15);
        Assert.InRange((after.Descriptors - before.Descriptors) / (double)estimate.Connections, 0.85, 1.15);

        await leaking.ThawAsync();
        await stuck.ThawAsync();
        Assert.NotNull(await engine.BackAsync(baseline));
    }

    [Fact]
    public async Task Retries_of_the_other_calls_cost_no_more()
    {
        var (engine, proxy) = await laboratory.BenchAsync(Dockerd.Leaky);
        await using var killed = await IncidentContainer.StartAsync(engine, "killed");
        await using var restarted = await IncidentContainer.StartAsync(engine, "restarted");
        await using var removed = await IncidentContainer.StartAsync(engine, "removed");
        await proxy!.Api.GetTextAsync("/_ping");
        var baseline = await engine.QuietAsync();

        var over = TimeSpan.FromSeconds(25);
        var kills = proxy.Api.RetryAsync(_ => ("POST", $"/containers/{killed.Name}/kill"), 150, over, Patience);
        var restarts = proxy.Api.RetryAsync(_ => ("POST", $"/containers/{restarted.Name}/restart?t=1"), 150, over, Patience);
        var removals = proxy.Api.RetryAsync(_ => ("DELETE", $"/containers/{removed.Name}?force=1"), 150, over, Patience);
        await Task.WhenAll(
            AtMostAsync("postContainersKill", kills, 1), AtMostAsync("postContainersRestart", restarts, 2),
            AtMostAsync("deleteContainers", removals, 1));
        Figures.Record("answers to 150 × kill", (await kills).Summary());
        Figures.Record("answers to 150 × restart", (await restarts).Summary());
        Figures.Record("answers to 150 × forced removal", (await removals).Summary());
        Assert.Equal(1, engine.CallsSeen(killed.Name, "/kill"));
        Assert.InRange(engine.CallsSeen(restarted.Name, "/restart"), 1, 2);
        await CheckAsync(engine, baseline, "kill, restart, forced removal, each on a container of its own", containers: 3);

        async Task AtMostAsync(string handler, Task<IncidentAnswer[]> retries, int limit) =>
            Assert.InRange(await MostOpenAsync(engine, retries, handler), 1, limit);
    }

    [Fact]
    public async Task A_mix_of_calls_and_spellings_is_one_container()
    {
        var (engine, proxy) = await laboratory.BenchAsync(Dockerd.Leaky);
        await using var stuck = await IncidentContainer.StartAsync(engine, "mixed");
        await proxy!.Api.GetTextAsync("/_ping");
        var baseline = await engine.QuietAsync();
        string[] references = [stuck.Name, stuck.Id, stuck.ShortId];
        (string, string)[] calls =
        [
            ("POST", "/containers/{0}/stop?t=1"), ("POST", "/v1.40/containers/{0}/restart?t=1"), ("POST", "/containers%2F{0}%2Fkill"),
            ("POST", "/containers/{0}/kill?signal=sigkill"), ("POST", "/containers/{0}%2fstop?t=2"), ("POST", "/containers/{0}/kill?signal=9"),
            ("DELETE", "/v1.41/containers/{0}?force=true"),
        ];
        var retries = proxy.Api.RetryAsync(
            i => (calls[i % calls.Length].Item1, string.Format(null, calls[i % calls.Length].Item2, references[i % references.Length])),
            210, TimeSpan.FromSeconds(30), Patience);
        // Two stops or restarts, SIGKILL sooner than they would send it, and a removal.
        var most = await MostOpenAsync(engine, retries);
        Figures.Record("answers to 210 calls of all kinds", (await retries).Summary());
        Figures.Record("most open calls of a mix", most);
        Assert.InRange(most, 1, 4);
        await CheckAsync(engine, baseline, "a mix", open: 4);
    }

    /// <summary>The most open calls seen until the clients are done.</summary>
    private static async Task<int> MostOpenAsync(Dockerd engine, Task clients, params string[] handlers)
    {
        var most = 0;
        while (!clients.IsCompleted)
        {
            await Task.WhenAny(clients, Task.Delay(2000));
            most = Math.Max(most, await engine.OpenCallsAsync(handlers));
        }

        await clients;
        return most;
    }

    /// <summary>
    /// With the clients gone, the engine keeps no more than +8 goroutines and +4 descriptors (2 and 1 for each open call beyond two).
    /// </summary>
    private static async Task CheckAsync(Dockerd engine, (int Goroutines, int Descriptors) baseline, string what, int containers = 1, int open = 2)
    {
        var limits = (Goroutines: (8 * containers) + (2 * (open - 2)), Descriptors: (4 * containers) + open - 2);
        var back = await engine.BackAsync(baseline, limits.Goroutines, limits.Descriptors);
        var now = await engine.QuietAsync();
        Figures.Record($"{what}: goroutines, descriptors over the baseline",
            $"+{now.Goroutines - baseline.Goroutines}, +{now.Descriptors - baseline.Descriptors}");
        Assert.True(back is not null, $"goroutines {baseline.Goroutines} → {now.Goroutines}, descriptors {baseline.Descriptors} → {now.Descriptors}");
    }
}
