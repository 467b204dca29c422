using System.Diagnostics;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>What a container whose lock hangs costs the engine, and those who ask for it; directly and through the proxy, side by side.</summary>
public sealed class LockTests(Laboratory laboratory) : LockScene(laboratory)
{
    [Theory]
    [MemberData(nameof(EngineVersions.All), MemberType = typeof(EngineVersions))]
    public async Task Callers_that_leave_cost_the_engine_four_and_patient_ones_get_its_own_bytes(string version)
    {
        var (engine, proxy) = await SetUpAsync(version);
        await using var hung = await HungLock.RunAsync(engine, "hung");
        var other = await engine.Api.RunAsync("other", ["sleep", "1000"]);
        await PingOthersAsync(proxy.Socket, other);
        await hung.HangAsync();

        // 1. Directly: each costs its own.
        var before = await LeaveDirectlyAsync(engine, $"{version}: 50 inspects that left, directly", "getContainersByName", 50, Inspect(hung.Id));

        // 2. Through the proxy: the first ones tell that it is slow, and stay.
        await LockCalls.LeavingAsync(proxy.Socket, _ => Inspect(hung.Id), 4, 4, Patience);
        Assert.NotNull(await proxy.BecomesAsync(status => IsSlow(status, hung, kept: 4), Limit));
        var answered = await LockCalls.LeavingAsync(proxy.Socket, _ => Inspect(hung.Name), 1000, 110, Patience);
        answered += await LockCalls.LeavingAsync(proxy.Socket, i => LockCalls.Mixed(hung.Id, i), 500, 110, Patience);
        Assert.Equal(0, answered);
        await CostsAtMostAsync(engine, $"{version}: 1,500 calls that left, through the proxy", before, 4);

        // 3. Nobody else notices.
        var (directly, through) = (await PingOthersAsync(engine.Socket, other), await PingOthersAsync(proxy.Socket, other));
        Figures.Record($"{version}: list and inspect of another, slowest of 40, directly", directly);
        Figures.Record($"{version}: the same through the proxy", through);
        Assert.InRange(through, TimeSpan.Zero, directly + TimeSpan.FromSeconds(1));

        // 4. The lock is free: all who waited get the engine's bytes.
        var patient = Enumerable.Range(0, 200)
            .Select(_ => LockCalls.AskAsync(proxy.Socket, Inspect(hung.Id), Limit)).ToArray();
        Assert.NotNull(await proxy.BecomesAsync(status => status.Locks!.Waiting == patient.Length, Limit));
        var slow = (await proxy.StatusAsync()).Locks!.Containers.Single(it => it.Id == hung.Id);
        Assert.Equal(4, slow.Kept);
        var clock = Stopwatch.StartNew();
        await hung.FreeAsync();
        var first = await Task.WhenAny(patient);
        Figures.Record($"{version}: lock free until the first of 200 was answered", clock.Elapsed);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        var answers = await Task.WhenAll(patient);
        Figures.Record($"{version}: lock free until all of them were", clock.Elapsed);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
        var own = await engine.Api.GetTextAsync($"/containers/{hung.Id}/json");
        Assert.All(answers, answer => Assert.Equal(("HTTP/1.1 200 OK", own), answer));

        // 5. Nothing is left.
        await NothingIsLeftAsync(proxy);
        Assert.NotNull(await engine.BackAsync((before.Goroutines - 50, before.Descriptors - 50)));
    }

    [Fact]
    public async Task Statistics_of_a_stopped_shim_cost_the_engine_two()
    {
        var (engine, proxy) = await SetUpAsync(Dockerd.Newer);
        await using var hung = await HungLock.RunAsync(engine, "hung");
        var call = LockCalls.Get($"/containers/{hung.Id}/stats?stream=0&one-shot=1");
        Assert.Equal("HTTP/1.1 200 OK", (await LockCalls.AskAsync(proxy.Socket, call, Limit))?.Status);
        hung.StopShim();

        // Directly each costs its own.
        var before = await LeaveDirectlyAsync(engine, "30 one-shot statistics that left, directly", "getContainersStats", 30, call);

        await LockCalls.LeavingAsync(proxy.Socket, _ => call, 2, 2, Patience);
        await Task.Delay(TimeSpan.FromSeconds(4));
        await LockCalls.LeavingAsync(proxy.Socket, _ => call, 1000, 250, Patience);
        await CostsAtMostAsync(engine, "1,000 of them through the proxy", before, 2);
        await hung.FreeAsync();
        Assert.Equal("HTTP/1.1 200 OK", (await LockCalls.AskAsync(proxy.Socket, call, Limit))?.Status);
        await NothingIsLeftAsync(proxy);
    }

    [Fact]
    public async Task Only_kubelet_is_told_and_everybody_else_waits()
    {
        await using var engine = await Dockerd.StartAsync();
        await using var proxy = await Proxy.StartAsync(engine, """{ "policies": { "lock": { "tell": { "mode": "enforce" } } } }""");
        await proxy.ReadyAsync();
        await using var hung = await HungLock.RunAsync(engine, "hung");
        var kubelet = Path.Combine(proxy.Folder, "kubelet");
        File.Copy("/usr/bin/curl", kubelet);
        await hung.HangAsync();

        var other = LockCalls.AskAsync(proxy.Socket, Inspect(hung.Id), Limit);
        var (first, took) = await CurlAsync(kubelet, proxy, "GET", $"/containers/{hung.Id}/json");
        Figures.Record("kubelet's first inspect", took);
        Assert.InRange(took, TimeSpan.FromSeconds(9.5), TimeSpan.FromSeconds(15));
        var expected = $$"""{"message":"container hung ({{hung.Id[..12]}}): the engine has not answered since 20""";
        Assert.StartsWith(expected, first, StringComparison.Ordinal);
        Assert.EndsWith("\n503 application/json", first, StringComparison.Ordinal);
        Assert.DoesNotContain("No such container", first, StringComparison.Ordinal);
        for (var i = 0; i < 2; i++)
        {
            (_, took) = await CurlAsync(kubelet, proxy, "GET", $"/containers/{hung.Id}/json");
            Figures.Record("a further one", took);
            Assert.InRange(took, TimeSpan.FromSeconds(4.5), TimeSpan.FromSeconds(9));
        }

        // Not an exec create, and nobody else.
        var exec = CurlAsync(kubelet, proxy, "POST", $"/containers/{hung.Id}/exec", """{"Cmd":["true"]}""");
        await Task.Delay(TimeSpan.FromSeconds(7));
        Assert.False(exec.IsCompleted);
        Assert.False(other.IsCompleted);
        await hung.FreeAsync();
        Assert.Equal("HTTP/1.1 200 OK", (await other)?.Status);
        await exec;
        Assert.NotNull(await proxy.BecomesAsync(status => status.Locks is { Waiting: 0, Containers.Count: 0, Told: 3 }, Limit));
    }

    [Fact]
    public async Task Whatever_happens_to_policies_engine_and_proxy_a_held_caller_is_answered()
    {
        await using var engine = await Dockerd.StartAsync();
        await using var proxy = await Proxy.StartAsync(engine);
        await proxy.ReadyAsync();
        await using var hung = await HungLock.RunAsync(engine, "hung");

        // 1. A policy that lets them go: all are sent, and wait at the engine.
        await hung.HangAsync();
        var held = await HoldAsync(proxy, hung, 20);
        var configuration = await File.ReadAllTextAsync(proxy.ConfigFile);
        await File.WriteAllTextAsync(
            proxy.ConfigFile,
            configuration.Replace(
                "\"guard\": {}", "\"guard\": { \"policies\": { \"lock\": { \"mode\": \"observe\" } } }", StringComparison.Ordinal));
        proxy.Daemon.Signal(1);
        Assert.NotNull(await proxy.BecomesAsync(status => status.Locks!.Waiting == 0, Limit));
        await hung.FreeAsync();
        Assert.All(await Task.WhenAll(held), answer => Assert.Equal("HTTP/1.1 200 OK", answer?.Status));
        await File.WriteAllTextAsync(proxy.ConfigFile, configuration);
        proxy.Daemon.Signal(1);
        Assert.NotNull(await proxy.BecomesAsync(status => status.Configuration.Policies["lock"] == "enforce", Limit));
        await engine.Api.PostAsync($"/containers/{hung.Id}/unpause");

        // 2. The proxy's stop: those who were not sent are to ask again.
        await hung.HangAsync();
        held = await HoldAsync(proxy, hung, 20);
        Assert.NotNull(await proxy.StopAsync(TimeSpan.FromSeconds(20)));
        var answers = await Task.WhenAll(held);
        Assert.True(answers.Count(answer => answer?.Status == "HTTP/1.1 503 Service Unavailable" && answer.Value.Body.Contains("ask again")) >= 16);
        await proxy.StartAsync();
        await proxy.ReadyAsync();
        await hung.FreeAsync();
        await engine.Api.PostAsync($"/containers/{hung.Id}/unpause");

        // 3. The engine's death: each has its answer, or a clear error.
        await hung.HangAsync();
        held = await HoldAsync(proxy, hung, 20);
        await engine.KillAsync();
        answers = await Task.WhenAll(held);
        Assert.All(answers, answer => Assert.True(
            answer is null or { Status: "HTTP/1.1 502 Bad Gateway" or "HTTP/1.1 200 OK" or "HTTP/1.1 503 Service Unavailable" }, answer?.Status));
        Assert.Equal(16, answers.Count(answer => answer is not null));
        await engine.StartAsync();
        await NothingIsLeftAsync(proxy);
    }

    private static bool IsSlow(StatusReport status, HungLock hung, int kept) => status.Locks!.Containers.Any(
        it => it.Id == hung.Id && it.SlowSeconds is not null && it.Kept == kept && it.Calls.Sum(calls => calls.Unanswered) == 4);

    // Four are sent, the others wait.
    private static async Task<Task<(string Status, string Body)?>[]> HoldAsync(Proxy proxy, HungLock hung, int count)
    {
        var call = Inspect(hung.Id);
        var callers = Enumerable.Range(0, 4).Select(_ => LockCalls.AskAsync(proxy.Socket, call, Limit)).ToList();
        Assert.NotNull(await proxy.BecomesAsync(status => IsSlow(status, hung, kept: 0), Limit));
        callers.AddRange(Enumerable.Range(0, count - 4).Select(_ => LockCalls.AskAsync(proxy.Socket, call, Limit)));
        Assert.NotNull(await proxy.BecomesAsync(status => status.Locks!.Waiting == count - 4, Limit));
        return [.. callers];
    }

    private static async Task<(string Output, TimeSpan Took)> CurlAsync(string curl, Proxy proxy, string method, string path, string? json = null)
    {
        var clock = Stopwatch.StartNew();
        string[] body = json is null ? [] : ["-H", "Content-Type: application/json", "-d", json];
        var result = await Command.RunAsync(
            [
                curl, "-s", "-X", method, "--unix-socket", proxy.Socket, "-w", "\n%{http_code} %{content_type}", .. body, "http://docker" + path,
            ]);
        return (result.Output, clock.Elapsed);
    }

    private static async Task<TimeSpan> PingOthersAsync(string socket, string other)
    {
        var slowest = TimeSpan.Zero;
        for (var i = 0; i < 40; i++)
        {
            var clock = Stopwatch.StartNew();
            var answer = await LockCalls.AskAsync(
                socket, LockCalls.Get(i % 2 == 0 ? "/containers/json?all=1" : $"/containers/{other}/json"), Limit);
            Assert.Equal("HTTP/1.1 200 OK", answer?.Status);
            if (clock.Elapsed > slowest)
                slowest = clock.Elapsed;
        }

        return slowest;
    }
}
