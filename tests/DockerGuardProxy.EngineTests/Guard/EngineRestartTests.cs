using System.Diagnostics;
using System.Text.Json;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>The engine is killed in the middle of an incident and comes back.</summary>
public sealed class EngineRestartTests
{
    private const string Settings = """{ "patience": "3s", "repeatHold": ["10m"] }""";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(Dockerd.Leaky)]
    [InlineData(Dockerd.Installed)]
    public async Task With_live_restore_callers_read_a_clear_error_and_the_ledger_starts_anew(string version)
    {
        await using var engine = await Dockerd.StartAsync(version, liveRestore: true);
        await using var proxy = await Proxy.StartAsync(engine, Settings);
        await using var stuck = await IncidentContainer.StartAsync(engine, "stuck");
        await LoseEngineAsync(engine, proxy, stuck);

        // 1. The container has lived through it. What was known of it has not: the next call is sent, and only then refused.
        await engine.StartAsync();
        Assert.True((await engine.StateAsync(stuck.Id)).IsRunning);
        await ForgetsAsync(proxy);
        var seen = engine.CallsSeen(stuck.Name, "/stop");
        var again = await proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/stop?t=1");
        Figures.Record($"{version}: refused after the restart", again.Took);
        Assert.Equal((503, "refused"), (again.Status, again.Decision));
        Assert.Equal(seen + 1, engine.CallsSeen(stuck.Name, "/stop"));
        Assert.Contains("percpu_rwsem_wait", again.Body, StringComparison.Ordinal);

        // 2. The end of it.
        var held = proxy.Api.CallAsync("POST", $"/containers/{stuck.ShortId}/stop?t=1");
        await Task.Delay(1000);
        Assert.False(held.IsCompleted);
        await stuck.ThawAsync();
        Assert.InRange((await held).Status, 204, 304);
        await WorksAgainAsync(proxy, stuck);
    }

    [Theory]
    [InlineData(Dockerd.Leaky)]
    [InlineData(Dockerd.Installed)]
    public async Task Without_live_restore_callers_read_a_clear_error_and_later_ones_wait_for_the_engine(string version)
    {
        await using var engine = await Dockerd.StartAsync(version);
        await using var proxy = await Proxy.StartAsync(engine, Settings);
        await using var stuck = await IncidentContainer.StartAsync(engine, "stuck");
        await LoseEngineAsync(engine, proxy, stuck);

        // dockerd listens, but answers nobody before it has ended the containers of its former life, and can't end this one.
        var start = engine.StartAsync();
        Assert.NotNull(await Poll.UntilAsync(
            async () => (await proxy.Api.CallAsync("GET", "/_ping", TimeSpan.FromSeconds(2))).Status == 0 || start.IsCompleted, Limit));
        var waiting = Enumerable.Range(0, 4).Select(i => proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/stop?t=1&n={i}")).ToArray();
        await Task.Delay(3000);
        Assert.DoesNotContain(waiting, call => call.IsCompletedSuccessfully && call.Result.Status == 503);
        await stuck.ThawAsync();
        await start;
        var answers = await Task.WhenAll(waiting);
        Figures.Record($"{version}: answers to stops sent to the engine while it restored", answers.Summary());
        // Either it had ended the container itself by then (304), or this call did.
        Assert.All(answers, answer => Assert.True(answer.Status is 204 or 304, $"{answer.Status} {answer.Body}"));
        await ForgetsAsync(proxy);
        await WorksAgainAsync(proxy, stuck);
    }

    /// <summary>Callers of each kind wait on a stuck container when the engine dies.</summary>
    private static async Task LoseEngineAsync(Dockerd engine, Proxy proxy, IncidentContainer stuck)
    {
        await proxy.ReadyAsync();
        Assert.Equal(503, (await proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/stop?t=1")).Status);
        Assert.Equal(1, (await proxy.StatusAsync()).StuckContainers);
        (string Method, string Path)[] calls =
        [
            ("POST", $"/containers/{stuck.Name}/stop?t=1"), ("POST", $"/containers/{stuck.ShortId}/kill"),
            ("POST", $"/containers/{stuck.Id}/restart?t=1"), ("DELETE", $"/containers/{stuck.Id}?force=1"),
        ];
        var waiting = calls.Concat(calls).Concat(calls).Select(call => proxy.Api.CallAsync(call.Method, call.Path)).ToArray();
        var read = proxy.Api.CallAsync("POST", $"/containers/{stuck.Id}/wait");
        await Task.Delay(2000);
        Assert.DoesNotContain(waiting, call => call.IsCompleted);
        Assert.Equal(waiting.Length, (await proxy.StatusAsync()).Calls.Waiting);

        var clock = Stopwatch.StartNew();
        await engine.KillAsync();
        var answers = await Task.WhenAll(waiting).WaitAsync(Limit);
        Figures.Record($"{engine.Version}: engine killed until {answers.Length} waiting callers had their error", clock.Elapsed);
        Figures.Record($"{engine.Version}: their answers", answers.Summary());
        Assert.All(answers, answer => IsClear(answer, engine.Socket));
        // The head of wait's answer has come long ago: it can only break off.
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => read.WaitAsync(Limit));
        IsClear(await proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/stop?t=1").WaitAsync(Limit), engine.Socket);
    }

    private static void IsClear(IncidentAnswer answer, string engineSocket)
    {
        Assert.True(answer.Status is 502 or 503, $"{answer.Status} {answer.Body}");
        Assert.Equal("application/json", answer.ContentType);
        var message = JsonDocument.Parse(answer.Body).RootElement.GetProperty("message").GetString();
        Assert.Contains(answer.Status == 502 ? engineSocket : "cannot be ended by SIGKILL", message, StringComparison.Ordinal);
    }

    private static async Task ForgetsAsync(Proxy proxy)
    {
        var took = await proxy.BecomesAsync(status => status.Engine.Ready && status.IsEmpty(), Limit);
        Assert.True(took is not null, proxy.Daemon.Tail());
        Figures.Record("engine back until the index was ready and the ledger anew", took.Value);
    }

    private static async Task WorksAgainAsync(Proxy proxy, IncidentContainer stuck)
    {
        Assert.NotNull(await proxy.BecomesAsync(status => status.IsEmpty(), Limit));
        (string Call, int Status)[] calls =
        [
            ("stop?t=1", 304), ("start", 204), ("restart?t=0", 204), ("kill", 204), ("start", 204), ("stop?t=0", 204), ("stop?t=0", 304),
        ];
        foreach (var (call, status) in calls)
        {
            var answer = await proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/{call}");
            Assert.True((answer.Status, answer.Decision) == (status, null), $"{call}: {answer}");
        }

        Assert.Equal(204, (await proxy.Api.CallAsync("DELETE", $"/containers/{stuck.Name}?force=1")).Status);
        Assert.NotNull(await proxy.BecomesAsync(status => status.IsEmpty(), Limit));
        Assert.Equal(0, (await proxy.StatusAsync()).Faults);
    }
}
