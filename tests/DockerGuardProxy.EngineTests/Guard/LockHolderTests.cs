using System.Diagnostics;
using System.Text;
using System.Text.Json;
using DockerGuardProxy.EngineTests.Lab;
using DockerGuardProxy.EngineTests.Streams;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>
/// Who holds a container's lock besides a pause: a start that hangs, a download that nobody reads, and the start of an exec behind a stopped shim.
/// Directly and through the proxy, side by side.
/// </summary>
public sealed class LockHolderTests(Laboratory laboratory) : LockScene(laboratory)
{
    [Theory]
    [MemberData(nameof(EngineVersions.All), MemberType = typeof(EngineVersions))]
    public async Task Whoever_holds_it_is_named_and_callers_that_leave_cost_the_engine_four_each(string version)
    {
        var (engine, proxy) = await SetUpAsync(version);
        await using var start = await HungStart.CreateAsync(engine, "hung-start");
        await using var shim = await HungLock.RunAsync(engine, "hung-exec");
        var copied = await BigFile.RunAsync(engine, "hung-copy");

        // 1. All of them hang.
        var exec = await CreateExecAsync(proxy.Api, shim.Id);
        shim.StopShim();
        using var stream = await PausedClient.OpenAsync(proxy.Socket, $"/exec/{exec}/start", """{"Detach":false,"Tty":false}""");
        await start.HangAsync(proxy.Api);
        using var download = UnixSocket.Connect(proxy.Socket);
        await download.SendAsync(Encoding.ASCII.GetBytes(LockCalls.Get($"/containers/{copied}/{BigFile.Query}")));
        var holders = new List<(string Id, string Operation)> { (start.Id, "start"), (copied, "archive") };

        // From 24.0 on the start of an exec holds nothing.
        if (version is Dockerd.Leaky or Dockerd.Installed)
        {
            holders.Add((shim.Id, "exec"));
            await InAsync(engine, ").ContainerExecStart(", ").Exec(");
        }
        else
        {
            Assert.Equal("HTTP/1.1 200 OK", (await LockCalls.AskAsync(proxy.Socket, Inspect(shim.Id), Limit))?.Status);
        }

        await InAsync(engine, ").getContainersArchive(");

        // 2. Directly: each caller that leaves costs its own.
        var what = $"{engine.Version}: inspects that left behind each of {holders.Count} holders";
        var direct = await LeaveDirectlyAsync(
            engine, $"{what}: 20 directly", "getContainersByName", 20, [.. holders.Select(holder => Inspect(holder.Id))]);

        // 3. Through the proxy: a few tell that it is slow, and stay; whoever holds it is named.
        await Task.WhenAll(holders.Select(holder => LockCalls.LeavingAsync(proxy.Socket, _ => Inspect(holder.Id), 4, 4, Patience)));
        foreach (var (id, operation) in holders)
        {
            var expected = $"{operation} of pid {Environment.ProcessId} (";
            Assert.NotNull(await proxy.BecomesAsync(
                status => status.Locks!.Containers.Any(
                    it => it.Id == id && it.SlowSeconds is not null && it.Holder?.StartsWith(expected, StringComparison.Ordinal) == true),
                Limit));
        }

        await Task.WhenAll(holders.Select(holder => LockCalls.LeavingAsync(proxy.Socket, i => LockCalls.Mixed(holder.Id, i), 200, 80, Patience)));
        await CostsAtMostAsync(engine, $"{what}: 204 calls through the proxy", direct, 4 * holders.Count);

        // 4. The locks are free: all who waited get the engine's bytes.
        var patient = holders.ToDictionary(
            holder => holder.Id,
            holder => Enumerable.Range(0, 10).Select(_ => LockCalls.AskAsync(proxy.Socket, Inspect(holder.Id), Limit)).ToArray());
        Assert.NotNull(await proxy.BecomesAsync(status => status.Locks!.Waiting == 10 * holders.Count, Limit));
        var clock = Stopwatch.StartNew();
        download.Dispose();
        await shim.FreeAsync();
        await start.FreeAsync();
        foreach (var (id, asked) in patient)
        {
            var answers = await Task.WhenAll(asked);
            var own = await engine.Api.GetTextAsync($"/containers/{id}/json");
            Assert.All(answers, answer => Assert.Equal(("HTTP/1.1 200 OK", own), answer));
        }

        Figures.Record($"{engine.Version}: locks free until all who waited were answered", clock.Elapsed);
        await NothingIsLeftAsync(proxy);
    }

    [Fact]
    public async Task A_container_that_is_renamed_removed_and_made_anew_while_callers_are_held()
    {
        var (engine, proxy) = await SetUpAsync();
        await using var renamed = await HungLock.RunAsync(engine, "renamed");
        await using var removed = await HungLock.RunAsync(engine, "removed");
        var held = new List<Task<(string Status, string Body)?>>();
        foreach (var hung in new[] { renamed, removed })
        {
            await hung.HangAsync();
            held.AddRange(Enumerable.Range(0, 4).Select(_ => LockCalls.AskAsync(proxy.Socket, Inspect(hung.Id), Limit)));
        }

        Assert.NotNull(await proxy.BecomesAsync(status => status.Locks!.Containers.Count(it => it.SlowSeconds is not null) == 2, Limit));
        var byName = new[] { renamed, removed }
            .SelectMany(hung => Enumerable.Range(0, 6).Select(_ => LockCalls.AskAsync(proxy.Socket, Inspect(hung.Name), Limit))).ToArray();
        var byId = new[] { renamed, removed }
            .SelectMany(hung => Enumerable.Range(0, 6).Select(_ => LockCalls.AskAsync(proxy.Socket, Inspect(hung.Id), Limit))).ToArray();
        Assert.NotNull(await proxy.BecomesAsync(status => status.Locks!.Waiting == 24, Limit));

        // Past the proxy, behind the same locks.
        var rename = engine.Api.PostAsync($"/containers/{renamed.Id}/rename?name=other");
        var remove = engine.Api.RemoveAsync(removed.Id);
        await Task.WhenAll(renamed.FreeAsync(), removed.FreeAsync());
        Assert.Equal(204, (await rename).Status);
        await remove.WaitAsync(Limit);
        var again = await engine.Api.CreateAsync("removed", ["true"]);

        // The engine's answers, of before or after; nothing of ours.
        foreach (var answer in await Task.WhenAll([.. held, .. byName, .. byId]))
        {
            Assert.True(answer?.Status is "HTTP/1.1 200 OK" or "HTTP/1.1 404 Not Found", answer?.Status);
            if (answer!.Value.Status.EndsWith("Not Found", StringComparison.Ordinal))
                Assert.StartsWith("""{"message":"No such container: """, answer.Value.Body, StringComparison.Ordinal);
        }

        Assert.All((await Task.WhenAll(byId)).Take(6), answer => Assert.Equal("HTTP/1.1 200 OK", answer?.Status));
        Assert.Equal(again, (await proxy.Api.GetAsync("/containers/removed/json")).GetProperty("Id").GetString());
        Assert.Equal(renamed.Id, (await proxy.Api.GetAsync("/containers/other/json")).GetProperty("Id").GetString());
        await NothingIsLeftAsync(proxy);
    }

    [Fact]
    public async Task Policies_that_change_under_load_lose_nobody()
    {
        await using var engine = await Dockerd.StartAsync();
        await using var proxy = await Proxy.StartAsync(engine);
        await proxy.ReadyAsync();
        await using var hung = await HungLock.RunAsync(engine, "hung");
        var configuration = await File.ReadAllTextAsync(proxy.ConfigFile);
        await hung.HangAsync();
        var callers = new List<Task<(string Status, string Body)?>>();
        foreach (var mode in new[] { "observe", "enforce", "off", "enforce", "observe", "enforce" })
        {
            var text = configuration.Replace(
                "\"guard\": {}", $$$"""    "guard": { "policies": { "lock": { "mode": "{{{mode}}}" }, "stats": { "mode": "{{{mode}}}" } } }""",
                StringComparison.Ordinal);
            await File.WriteAllTextAsync(proxy.ConfigFile, text);
            proxy.Daemon.Signal(1);
            for (var i = 0; i < 40; i++)
            {
                callers.Add(LockCalls.AskAsync(proxy.Socket, i % 4 == 3 ? LockCalls.Mixed(hung.Id, i) : Inspect(hung.Id), Limit));
                await Task.Delay(20);
            }

            Assert.NotNull(await proxy.BecomesAsync(status => status.Configuration.Policies["lock"] == mode, Limit));
        }

        Assert.NotNull(await proxy.BecomesAsync(status => status.Locks!.Waiting > 0, Limit));
        await hung.FreeAsync();
        var answers = await Task.WhenAll(callers);

        // The container is paused by then: the engine refuses to make an exec in it, and says so itself.
        Assert.All(answers, answer => Assert.True(
            answer?.Status is "HTTP/1.1 200 OK" or "HTTP/1.1 409 Conflict", $"{answer?.Status} {answer?.Body}"));
        await NothingIsLeftAsync(proxy);
    }

    [Fact]
    public async Task What_a_held_caller_sends_on_is_answered_after_it_and_nonsense_as_by_the_engine()
    {
        var (engine, proxy) = await SetUpAsync();
        await using var hung = await HungLock.RunAsync(engine, "hung");

        // 1. Nobody knows them, or can read them: the engine's answer, byte for byte.
        foreach (var call in NonsenseCalls(hung.Id))
            Assert.Equal(await LockCalls.AskAsync(engine.Socket, call, Limit), await LockCalls.AskAsync(proxy.Socket, call, Limit));

        // 2. The same while the lock hangs: a call for nobody does not wait.
        await hung.HangAsync();
        var first = Enumerable.Range(0, 4).Select(_ => LockCalls.AskAsync(proxy.Socket, Inspect(hung.Id), Limit)).ToArray();
        Assert.NotNull(await proxy.BecomesAsync(status => status.Locks!.Containers.Any(it => it.SlowSeconds is not null), Limit));
        foreach (var call in NonsenseCalls("nobody"))
            Assert.Equal(await LockCalls.AskAsync(engine.Socket, call, Limit), await LockCalls.AskAsync(proxy.Socket, call, Limit));

        // 3. A held caller sends on; another leaves with more behind its call.
        using var client = await RawClient.ConnectAsync(proxy.Socket);
        await client.SendAsync(Inspect(hung.Id) + Inspect("nobody") + Inspect(hung.Id));
        using (var leaving = await RawClient.ConnectAsync(proxy.Socket))
        {
            await leaving.SendAsync(Inspect(hung.Id) + "GET /never HTTP/1.1\r\n");
            Assert.NotNull(await proxy.BecomesAsync(status => status.Locks!.Waiting == 2, Limit));
        }

        Assert.NotNull(await proxy.BecomesAsync(status => status.Locks!.Waiting == 1, Limit));
        await hung.FreeAsync();
        await Task.WhenAll(first);
        using var limit = new CancellationTokenSource(Limit);
        var statuses = new List<string>();
        while (statuses.Count < 3)
        {
            if (await client.LineAsync(limit.Token) is { } line && line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal))
                statuses.Add(line);
        }

        Assert.Equal(["HTTP/1.1 200 OK", "HTTP/1.1 404 Not Found", "HTTP/1.1 200 OK"], statuses);
    }

    private static IEnumerable<string> NonsenseCalls(string container)
    {
        const string noJson = "{\"Cmd\":[";
        yield return LockCalls.Get("/exec/nobody/json");
        yield return LockCalls.Get("/containers/no%20body/json?size=maybe");
        yield return LockCalls.Get("/containers/nobody/top?ps_args=");
        yield return LockCalls.Get("/containers/nobody/stats?stream=no");
        yield return LockCalls.Get("/containers/nobody/archive");
        yield return Post("/exec/nobody/start", "{}");
        yield return Post("/exec/%C3%A9/start", "{}");
        yield return Post("/exec/nobody/start", noJson);
        yield return Post("/exec//start", "null");
        if (container == "nobody") yield break;
        yield return Post($"/containers/{container}/exec", noJson);
        yield return Post($"/containers/{container}/exec", "{\"Cmd\":[]}");
        yield return Post($"/containers/{container}/update", noJson);
    }

    private static string Post(string path, string body) =>
        $"POST {path} HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static async Task InAsync(Dockerd engine, params string[] frames)
    {
        var isThere = await Poll.UntilAsync(
            async () =>
            {
                var dump = await engine.GoroutineDumpAsync();
                return frames.All(frame => dump.Contains(frame, StringComparison.Ordinal));
            },
            TimeSpan.FromSeconds(20));
        Assert.True(isThere is not null, await engine.GoroutineDumpAsync());
    }

    private static async Task<string> CreateExecAsync(EngineApi api, string container)
    {
        var (status, body) = await api.PostAsync($"/containers/{container}/exec", new { Cmd = new[] { "sleep", "1000" }, AttachStdout = true });
        Assert.Equal(201, status);
        using var document = JsonDocument.Parse(body);
        return document.RootElement.GetProperty("Id").GetString()!;
    }
}
