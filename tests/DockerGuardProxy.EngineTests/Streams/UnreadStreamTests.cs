using System.Diagnostics;
using System.Text.Json;
using DockerGuardProxy.EngineTests.Guard;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Streams;

/// <summary>
/// Clients that do not read their streams, each also directly on the engine's own socket, side by side. What takes its time runs at the same time.
/// </summary>
public sealed class UnreadStreamTests(Laboratory laboratory)
{
    // The engines side by side: nearly all of it is waiting.
    [Fact]
    public async Task A_container_ends_and_an_exec_ends_whose_client_does_not_read() =>
        await Task.WhenAll((await laboratory.BenchesAsync(EngineVersions.Names)).Select(static bench => EndAsync(bench.Engine, bench.Proxy!)));

    private static async Task EndAsync(Dockerd engine, Proxy proxy)
    {
        await proxy.ReadyAsync();
        var (goroutines, _) = await engine.QuietAsync();
        var descriptors = await engine.DescriptorsInUseAsync();
        await Task.WhenAll(
            EndsAsync(engine, proxy), FitsAsync(engine, proxy), RestartsAsync(engine, proxy),
            ExecEndsAsync(engine, proxy, "plain", isTty: false, hasInput: false),
            ExecEndsAsync(engine, proxy, "tty", isTty: true, hasInput: false),
            ExecEndsAsync(engine, proxy, "input", isTty: false, hasInput: true));
        await engine.Api.RemoveAllAsync();
        var back = await Poll.UntilAsync(
            async () => await engine.GoroutinesAsync() <= goroutines + 2 && await engine.DescriptorsInUseAsync() <= descriptors + 4,
            TimeSpan.FromSeconds(60), 200);
        Assert.True(
            back is not null,
            $"{await engine.GoroutinesAsync()} goroutines, {await engine.DescriptorsInUseAsync()} descriptors, before {goroutines}, {descriptors}");
        // That a client has left is seen a moment later.
        Assert.NotNull(await proxy.BecomesAsync(status => status is { HeldBytes: 0, Streams.Count: 0 }, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Nothing_is_taken_over_while_the_process_lives() =>
        await Task.WhenAll((await laboratory.BenchesAsync(EngineVersions.Names)).Select(static bench => StaysAsync(bench.Engine, bench.Proxy!)));

    private static async Task StaysAsync(Dockerd engine, Proxy proxy)
    {
        await proxy.ReadyAsync();
        var lasts = Machine.LongForm ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(38);
        var taken = LogLines(proxy, "was taken over");
        var container = await engine.Api.RunAsync("lives", ["sleep", "10000"]);
        using var silent = await Paused.WriteAsync(engine, proxy.Socket, "silent");
        using var slow = await Paused.WriteAsync(engine, proxy.Socket, "slow");
        using var exec = await ExecAsync(engine, proxy.Socket, container, isTty: false, hasInput: false);
        await exec.Client.ReadAsync(1024, CancellationToken.None);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < lasts)
        {
            // One byte in 9 s.
            await slow.Client.ReadAsync(1, CancellationToken.None);
            await Task.Delay(TimeSpan.FromSeconds(9));
        }

        var streams = (await proxy.StatusAsync()).Streams!;
        Assert.All(streams, stream => Assert.False(stream.TakenOver || stream.ProcessEnded, stream.ToString()));
        Assert.Equal(taken, LogLines(proxy, "was taken over"));
        Assert.Contains(streams, stream => stream.ContainerId == silent.Id && stream is { Operation: "attach", UnreadBytes: > 0 }
            && stream.Pid == Environment.ProcessId && stream.Comm.Length > 0);
        Assert.Contains(streams, stream => stream.ContainerId == container && stream.Operation == "exec");
        Assert.DoesNotContain(streams, stream => stream.ContainerId == slow.Id);
        foreach (var one in new[] { silent.Id, slow.Id }) Assert.True((await engine.StateAsync(one)).IsRunning);

        // And they go on: each where it was.
        await silent.Client.ReadAsync(4 << 20, CancellationToken.None);
        await exec.Client.ReadAsync(4 << 20, CancellationToken.None);
        Assert.True(silent.Client.LastNumber() > 100_000);
        Assert.True(exec.Client.LastNumber() > 100_000);

        // With their clients gone they would write as fast as the machine can.
        await engine.Api.RemoveAllAsync();
    }

    [Fact]
    public async Task In_observe_it_is_said_once_and_the_engine_waits_on()
    {
        var (engine, _) = await laboratory.BenchAsync();
        await using var proxy = await Proxy.StartAsync(engine, """{ "policies": { "streams": { "mode": "observe" } } }""");
        await proxy.ReadyAsync();
        using var paused = await Paused.WriteAsync(engine, proxy.Socket, "observed");
        await Paused.BlockedAsync(await Paused.PidAsync(engine, paused.Id));
        var kill = engine.Api.PostAsync($"/containers/{paused.Id}/kill");
        Assert.NotNull(await Poll.UntilAsync(() => LogLines(proxy, "would be taken over") == 1, TimeSpan.FromSeconds(40)));
        var stream = Assert.Single((await proxy.StatusAsync()).Streams!);
        Assert.True(stream is { ProcessEnded: true, TakenOver: false, Operation: "attach" } && stream.Pid == Environment.ProcessId);
        await Task.Delay(TimeSpan.FromSeconds(5));
        Assert.Equal(0, await engine.EventsAsync(paused.Id, "die", paused.Since));
        Assert.Equal(1, LogLines(proxy, "would be taken over"));

        // Whoever asks through the proxy reads whom to end.
        var refused = await proxy.Api.PostAsync($"/containers/{paused.Id}/kill");
        TestContext.Current.TestOutputHelper!.WriteLine(refused.Body);
        Assert.Equal(503, refused.Status);
        Assert.Contains($"its end waits for pid {Environment.ProcessId} (", refused.Body, StringComparison.Ordinal);
        Assert.True(await paused.Client.RestAsync(TimeSpan.FromSeconds(20)));
        Assert.NotNull(await Poll.UntilAsync(async () => await engine.EventsAsync(paused.Id, "die", paused.Since) == 1, TimeSpan.FromSeconds(20)));
        await kill;
    }

    private static async Task EndsAsync(Dockerd engine, Proxy proxy)
    {
        using var ours = await Paused.WriteAsync(engine, proxy.Socket, "attached");
        using var direct = await Paused.WriteAsync(engine, engine.Socket, "attached-directly");
        var waiting = proxy.Api.PostAsync($"/containers/{ours.Id}/wait");

        foreach (var id in new[] { ours.Id, direct.Id })
            await Paused.BlockedAsync(await Paused.PidAsync(engine, id));
        var clock = Stopwatch.StartNew();
        var kill = proxy.Api.PostAsync($"/containers/{ours.Id}/kill");
        var directKill = engine.Api.PostAsync($"/containers/{direct.Id}/kill");
        var died = await Poll.UntilAsync(async () => await engine.EventsAsync(ours.Id, "die", ours.Since) == 1, TimeSpan.FromSeconds(60));
        Assert.NotNull(died);
        Figures.Record($"{engine.Version}: attach, kill until die", died.Value);
        Assert.Equal(204, (await kill).Status);
        var inspect = Stopwatch.StartNew();
        Assert.False((await engine.StateAsync(ours.Id)).IsRunning);
        Figures.Record($"{engine.Version}: attach, inspect after it", inspect.Elapsed);
        Assert.Contains("137", (await waiting).Body, StringComparison.Ordinal);
        Assert.True(died < Paused.Bound, $"die came {died} after the kill");

        if (clock.Elapsed < Paused.Direct) await Task.Delay(Paused.Direct - clock.Elapsed);
        var stayed = await engine.EventsAsync(direct.Id, "die", direct.Since) == 0;
        Figures.Record($"{engine.Version}: attach directly, no die within {Paused.Direct.TotalSeconds} s", stayed);
        Assert.True(stayed);
        var after = Stopwatch.StartNew();
        Assert.True(await direct.Client.RestAsync(TimeSpan.FromSeconds(30)));
        Assert.NotNull(await Poll.UntilAsync(async () => await engine.EventsAsync(direct.Id, "die", direct.Since) == 1, TimeSpan.FromSeconds(20)));
        Figures.Record($"{engine.Version}: attach directly, die after the client has read on", after.Elapsed);
        await directKill;
        Assert.True(await ours.Client.RestAsync(TimeSpan.FromSeconds(30)), "no end of stream");
        await RecordAsync(engine, "through the proxy", ours);
        await RecordAsync(engine, "directly", direct);
        Assert.True(ours.Client.LastNumber() >= await LoggedAsync(engine, ours.Id), "less than the engine has taken from the container");
    }

    private static async Task RecordAsync(Dockerd engine, string how, Paused paused)
    {
        Figures.Record($"{engine.Version}: attach, last number read {how}", paused.Client.LastNumber());
        Figures.Record($"{engine.Version}: attach {how}, last number that the engine took", await LoggedAsync(engine, paused.Id));
    }

    /// <summary>
    /// The last number that the engine has taken from the container: what it gives to the client goes into its log as well. How much its buffers
    /// hold is different each time, 1 to 2 MB, so that two clients can't be compared.
    /// </summary>
    private static async Task<long> LoggedAsync(Dockerd engine, string id)
    {
        var framed = await engine.Api.GetBytesAsync($"/containers/{id}/logs?stdout=1&tail=2");
        const int head = 8;
        var first = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(framed.AsSpan(4));
        return long.Parse(framed.AsSpan(head, first - 1), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Output that fits the engine's buffers, and ends before its client reads on.</summary>
    private static async Task FitsAsync(Dockerd engine, Proxy proxy)
    {
        const int last = 150_000;
        using var ours = await Paused.WriteAsync(engine, proxy.Socket, "fits", PausedClient.Writer(last));
        var died = await Poll.UntilAsync(async () => await engine.EventsAsync(ours.Id, "die", ours.Since) == 1, TimeSpan.FromSeconds(60));
        Assert.NotNull(died);
        Figures.Record($"{engine.Version}: 1 MB of output, its end until die", died.Value);
        Assert.True(await ours.Client.RestAsync(TimeSpan.FromSeconds(30)), "no end of stream");
        Assert.Equal(last, ours.Client.LastNumber());
    }

    /// <summary>A run that ends, is not read, and is to be followed by another.</summary>
    private static async Task RestartsAsync(Dockerd engine, Proxy proxy)
    {
        const int last = 150_000;
        var policy = new Dictionary<string, object>
        {
            ["HostConfig"] = new { RestartPolicy = new { Name = "on-failure", MaximumRetryCount = 1 } },
        };
        using var ours = await Paused.WriteAsync(engine, proxy.Socket, "restarts", $"seq 1 {last}; exit 3", policy);
        Assert.NotNull(await Poll.UntilAsync(async () => await engine.EventsAsync(ours.Id, "start", ours.Since) == 2, TimeSpan.FromSeconds(60)));
        Assert.True(await ours.Client.RestAsync(TimeSpan.FromSeconds(30)), "no end of stream");
        Assert.Equal(last, ours.Client.LastNumber());
        Assert.NotNull(await Poll.UntilAsync(async () => await engine.EventsAsync(ours.Id, "die", ours.Since) == 2, TimeSpan.FromSeconds(60)));
    }

    /// <summary>The process of an exec that runs; the engine knows it a moment after the first output.</summary>
    private static async Task<int> ExecPidAsync(Dockerd engine, string exec)
    {
        var pid = 0;
        Assert.NotNull(await Poll.UntilAsync(
            async () => (pid = (await engine.Api.GetAsync($"/exec/{exec}/json")).GetProperty("Pid").GetInt32()) > 0, TimeSpan.FromSeconds(30)));
        return pid;
    }

    private static async Task ExecEndsAsync(Dockerd engine, Proxy proxy, string name, bool isTty, bool hasInput)
    {
        var container = await engine.Api.RunAsync("exec-" + name, ["sleep", "10000"]);
        var other = await engine.Api.RunAsync($"exec-{name}-directly", ["sleep", "10000"]);
        using var ours = await ExecAsync(engine, proxy.Socket, container, isTty, hasInput);
        using var direct = await ExecAsync(engine, engine.Socket, other, isTty, hasInput);
        foreach (var one in new[] { ours, direct })
        {
            if (hasInput) one.Client.HalfClose();
            await one.Client.ReadAsync(1024, CancellationToken.None);
        }

        var pids = new List<int>();
        foreach (var one in new[] { ours, direct }) pids.Add(await ExecPidAsync(engine, one.Id));
        foreach (var pid in pids) await Paused.BlockedAsync(pid);
        foreach (var pid in pids) Paused.Kill(pid, 9);

        var clock = Stopwatch.StartNew();
        var next = RunExecAsync(engine, container);
        var directNext = RunExecAsync(engine, other);
        await next.WaitAsync(TimeSpan.FromSeconds(60));
        Figures.Record($"{engine.Version}: exec ({name}), its process's end until another ends", clock.Elapsed);
        Assert.True(clock.Elapsed < Paused.Bound, $"exec true took {clock.Elapsed}");
        Assert.True(await ours.Client.RestAsync(TimeSpan.FromSeconds(30)), "no end of stream");
        if (clock.Elapsed < Paused.Direct) await Task.Delay(Paused.Direct - clock.Elapsed);
        var stayed = !directNext.IsCompleted;
        Figures.Record($"{engine.Version}: exec ({name}) directly, another does not end within {Paused.Direct.TotalSeconds} s", stayed);
        Assert.True(stayed);
        Assert.True(await direct.Client.RestAsync(TimeSpan.FromSeconds(30)));
        await directNext.WaitAsync(TimeSpan.FromSeconds(30));
        Figures.Record($"{engine.Version}: exec ({name}), last number through the proxy", ours.Client.LastNumber());
        Figures.Record($"{engine.Version}: exec ({name}), last number directly", direct.Client.LastNumber());

        // What its pipe holds at least: it has no log to compare with.
        Assert.True(ours.Client.Count > 1_000_000);
    }

    private static async Task<Paused> ExecAsync(Dockerd engine, string socket, string container, bool isTty, bool hasInput)
    {
        using var api = new EngineApi(socket);
        var (status, body) = await api.PostAsync(
            $"/containers/{container}/exec",
            new { Cmd = new[] { "sh", "-c", PausedClient.Writer() }, AttachStdout = true, AttachStderr = true, AttachStdin = hasInput, Tty = isTty });
        Assert.Equal(201, status);
        using var document = JsonDocument.Parse(body);
        var id = document.RootElement.GetProperty("Id").GetString()!;
        var json = isTty ? """{"Detach":false,"Tty":true}""" : """{"Detach":false,"Tty":false}""";
        return new Paused(id, await PausedClient.OpenAsync(socket, $"/exec/{id}/start", json, isTty), IncidentEngine.Now());
    }

    /// <summary><c>docker exec CONTAINER true</c>, on the engine's own socket.</summary>
    private static async Task RunExecAsync(Dockerd engine, string container)
    {
        var (_, body) = await engine.Api.PostAsync($"/containers/{container}/exec", new { Cmd = new[] { "true" }, AttachStdout = true });
        using var document = JsonDocument.Parse(body);
        using var client = await PausedClient.OpenAsync(
            engine.Socket, $"/exec/{document.RootElement.GetProperty("Id").GetString()}/start", """{"Detach":false}""");
        Assert.True(await client.RestAsync(TimeSpan.FromMinutes(2)));
    }

    private static int LogLines(Proxy proxy, string text)
    {
        using var log = new StreamReader(new FileStream(proxy.Daemon.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return log.ReadToEnd().Split('\n').Count(line => line.Contains(text, StringComparison.Ordinal));
    }
}
