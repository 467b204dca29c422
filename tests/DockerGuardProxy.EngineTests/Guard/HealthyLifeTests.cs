using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>A node on which nothing is stuck must not notice the guard.</summary>
public sealed class HealthyLifeTests
{
    private const int Clients = 8, Containers = 20;
    private const int Stop = 19, Continue = 18;

    /// <summary>The lives of containers, in turn; "-" is a DELETE. Statuses follow from the order alone, so the engine tells them.</summary>
    private static readonly string[][] Lives =
    [
        ["create", "start", "stop?t=0", "start", "kill", "-"],
        ["create", "start", "restart?t=0", "kill?signal=TERM", "-?force=1"],
        ["create", "start", "start", "stop?t=0", "stop?t=0", "-?v=1"],
        ["create", "stop", "kill", "restart?t=0", "-", "-?force=1", "-?force=1"],
        ["create", "create", "start", "kill?signal=9", "kill", "restart?t=0", "stop?t=0", "-?force=true&v=1"],
        ["create", "start", "kill?signal=HUP", "stop?t=0", "-?force=0"],
        ["kill", "stop", "restart", "create", "-?force=1"],
    ];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Two_thousand_lives_have_the_statuses_of_the_engine_and_none_is_refused()
    {
        await using var engine = await Dockerd.StartAsync();
        await using var proxy = await Proxy.StartAsync(engine);
        await proxy.ReadyAsync();

        // 1. Directly: what the statuses are.
        var direct = await LiveAsync(engine.Api, Machine.LongForm ? 2000 : Lives.Length * 10, TimeSpan.Zero);
        var expected = new string[Lives.Length];
        for (var life = 0; life < Lives.Length; life++)
            expected[life] = Assert.Single(direct.Where(round => round.Life == life).Select(round => round.Statuses).Distinct());

        // 2. Through the proxy.
        var clock = Stopwatch.StartNew();
        var guarded = await LiveAsync(
            proxy.Api, Machine.LongForm ? 2000 : 400, Machine.LongForm ? TimeSpan.Zero : TimeSpan.FromSeconds(90));
        Figures.Record("lives of containers", $"{guarded.Count} in {clock.Elapsed.TotalSeconds:0} s");
        Figures.Record("ms per life directly, through the proxy",
            $"{direct.Average(round => round.Took.TotalMilliseconds):0}, {guarded.Average(round => round.Took.TotalMilliseconds):0}");
        foreach (var round in guarded)
            Assert.True(round.Statuses == expected[round.Life], $"{round}, directly {expected[round.Life]}\n{proxy.Daemon.Tail()}");
        foreach (var (operation, count) in Multiset(guarded))
            Figures.Record(operation, count);
        await NothingLeftAsync(proxy);
    }

    [Fact]
    public async Task Clients_that_fight_over_containers_are_never_refused()
    {
        await using var engine = await Dockerd.StartAsync();
        await using var proxy = await Proxy.StartAsync(engine, """{ "patience": "1s", "maxWait": "1s", "backoff": ["10m"] }""");
        await proxy.ReadyAsync();
        // No status follows from the order of calls here; the figures show them side by side.
        var direct = await FightAsync(engine.Api);
        var guarded = await FightAsync(proxy.Api);
        foreach (var (name, calls) in new[] { ("directly", direct), ("through the proxy", guarded) })
        {
            Figures.Record(
                $"calls in a fight {name}", string.Join(", ", calls.GroupBy(call => call).OrderBy(g => g.Key).Select(g => $"{g.Key} × {g.Count()}")));
        }
        Assert.DoesNotContain(guarded, call => call.EndsWith("502", StringComparison.Ordinal) || call.EndsWith("503", StringComparison.Ordinal));
        await NothingLeftAsync(proxy);
    }

    [Fact]
    public async Task Forced_removal_of_a_dead_container_with_a_slow_disk_is_never_refused()
    {
        await using var engine = await Dockerd.StartAsync();
        await using var proxy = await Proxy.StartAsync(engine, """{ "patience": "1s", "maxWait": "1s", "repeatHold": ["1s"], "backoff": ["10m"] }""");
        await using var disk = await FrozenFileSystem.MountAsync();
        await proxy.ReadyAsync();
        var id = await proxy.Api.RunAsync("dead", ["sleep", "1000"], new() { ["Volumes"] = new Dictionary<string, object> { ["/v"] = new { } } });
        Assert.Equal(204, (await proxy.Api.CallAsync("POST", "/containers/dead/kill")).Status);

        // The disk below its volume stops while the engine deletes what is there.
        var volume = (await engine.Api.GetAsync($"/containers/{id}/json")).GetProperty("Mounts")[0].GetProperty("Source").GetString()!;
        await File.WriteAllTextAsync(Path.Combine(disk.Folder, "file"), "");
        Assert.Equal(0, (await Command.RunAsync(["mount", "--bind", disk.Folder, volume])).ExitCode);
        try
        {
            await disk.FreezeAsync();
            var removal = proxy.Api.CallAsync("DELETE", "/containers/dead?force=1&v=1");
            Assert.NotNull(await Poll.UntilAsync(async () => await engine.OpenCallsAsync("deleteContainers") == 1, Limit));
            List<IncidentAnswer> others = [];
            for (var i = 0; i < 5; i++)
            {
                others.Add(await proxy.Api.CallAsync("DELETE", $"/containers/{(i % 2 == 0 ? "dead" : id)}?force=1&v=1", TimeSpan.FromSeconds(5)));
                others.Add(await proxy.Api.CallAsync("POST", $"/containers/{id}/stop?t=0", TimeSpan.FromSeconds(5)));
                await Task.Delay(1000);
            }

            Figures.Record("removals and stops meanwhile", others.Summary());
            Assert.DoesNotContain(others, answer => answer.Status is 502 or 503 || answer.Decision is not null);
            Assert.False(removal.IsCompleted);
            await disk.ThawAsync();
            var removed = await removal.WaitAsync(Limit);
            Assert.Equal((204, null), (removed.Status, removed.Decision));
        }
        finally
        {
            await disk.ThawAsync();
            await Command.RunAsync(["umount", volume]);
        }

        await NothingLeftAsync(proxy);
    }

    [Fact]
    public async Task Forced_removals_of_a_dead_container_wait_for_a_slow_engine()
    {
        await using var engine = await Dockerd.StartAsync();
        await using var proxy = await Proxy.StartAsync(engine, """{ "patience": "1s", "maxWait": "1s", "repeatHold": ["1s"], "backoff": ["10m"] }""");
        await proxy.ReadyAsync();
        var id = await proxy.Api.RunAsync("dead", ["true"]);
        Assert.NotNull(await Poll.UntilAsync(async () => !(await engine.StateAsync(id)).IsRunning, Limit));
        string[] removals =
        [
            "/containers/dead?force=1", $"/containers/{id}?force=1&v=1", $"/containers/{id[..12]}?force=1", $"/containers/{id}?force=1",
        ];
        engine.Daemon.Signal(Stop);
        try
        {
            var calls = removals.Select(path => proxy.Api.CallAsync("DELETE", path)).Append(proxy.Api.CallAsync("POST", $"/containers/{id}/kill"))
                .ToArray();
            await Task.Delay(6000);
            Assert.DoesNotContain(calls, call => call.IsCompleted);
            Assert.Equal(calls.Length, (await proxy.StatusAsync()).Calls.Open);
            engine.Daemon.Signal(Continue);
            var answers = await Task.WhenAll(calls).WaitAsync(Limit);
            Figures.Record("removals and a kill sent to an engine that slept for 6 s", answers.Summary());
            Assert.Single(answers, answer => answer.Status == 204);
            Assert.All(answers, answer => Assert.True(answer is { Status: 204 or 404 or 409, Decision: null }, $"{answer}"));
        }
        finally
        {
            engine.Daemon.Signal(Continue);
        }

        await NothingLeftAsync(proxy);
    }

    private static async Task NothingLeftAsync(Proxy proxy)
    {
        var empty = await proxy.BecomesAsync(status => status.Calls is { Open: 0, Waiting: 0 } && status.Containers.Count == 0, Limit);
        var status = await proxy.StatusAsync();
        Assert.True(empty is not null, $"{status.Calls} {string.Join(' ', status.Containers)}");
        Assert.Equal((0, 0, 0), (status.Calls.Refused, status.Calls.WronglyRefused, status.Faults));
    }

    /// <summary>Each container has one client, so that the order of its calls is certain; 8 are under way at any time.</summary>
    private static async Task<IReadOnlyCollection<Round>> LiveAsync(EngineApi api, int rounds, TimeSpan atLeast)
    {
        var clock = Stopwatch.StartNew();
        var done = new ConcurrentQueue<Round>();
        var begun = 0;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            var own = Enumerable.Range(0, Containers).Where(container => container % Clients == client).ToArray();
            for (var i = client; Interlocked.Increment(ref begun) <= rounds || clock.Elapsed < atLeast; i++)
                done.Enqueue(await RoundAsync(api, $"life{own[i % own.Length]}", i % Lives.Length, i % 3));
        }));
        return done;
    }

    private static async Task<Round> RoundAsync(EngineApi api, string name, int life, int kind)
    {
        var clock = Stopwatch.StartNew();
        var (reference, statuses) = (name, new List<string>());
        foreach (var step in Lives[life])
        {
            using var answer = await CallAsync(api, name, reference, step);
            statuses.Add($"{step} {Status(answer)}");
            if (step == "create" && (int)answer.StatusCode == 201)
            {
                var id = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("Id").GetString()!;
                reference = kind switch { 0 => name, 1 => id[..12], _ => id };
            }
        }

        return new Round(life, string.Join(", ", statuses), clock.Elapsed);
    }

    /// <summary>All clients do anything to the same three.</summary>
    private static async Task<IReadOnlyCollection<string>> FightAsync(EngineApi api)
    {
        string[] steps = ["create", "start", "start", "start", "stop?t=0", "stop?t=1", "restart?t=0", "kill", "-?force=1"];
        var calls = new ConcurrentQueue<string>();
        var clock = Stopwatch.StartNew();
        var length = TimeSpan.FromSeconds(Machine.LongForm ? 300 : 15);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async client =>
        {
            var random = new Random(client);
            while (clock.Elapsed < length)
            {
                var (name, step) = ($"fight{random.Next(3)}", steps[random.Next(steps.Length)]);
                using var answer = await CallAsync(api, name, name, step);
                calls.Enqueue($"{step} {Status(answer)}");
            }
        }));
        return calls;
    }

    private static Task<HttpResponseMessage> CallAsync(EngineApi api, string name, string reference, string step) => step switch
    {
        "create" => api.SendAsync(HttpMethod.Post, $"/containers/create?name={name}", new
        {
            Dockerd.Image,
            Cmd = new[] { "sleep", "1000" },
            // Not even the network "none": two locks of libnetwork's in 20.10.24 wait for each other now and then when many sandboxes end at once
            // (processEndpointDelete against getSvcRecords; seen in its goroutines), and the engine hangs for good.
            NetworkDisabled = true,
            HostConfig = new { LogConfig = new { Type = "none" } },
        }),
        _ when step[0] == '-' => api.SendAsync(HttpMethod.Delete, $"/containers/{reference}{step[1..]}"),
        _ => api.SendAsync(HttpMethod.Post, $"/containers/{reference}/{step}"),
    };

    /// <summary>An answer of the guard's own shows in it.</summary>
    private static string Status(HttpResponseMessage answer) =>
        answer.Headers.Contains("Docker-Guard-Proxy") ? $"guard's {(int)answer.StatusCode}" : $"{(int)answer.StatusCode}";

    private static SortedDictionary<string, int> Multiset(IEnumerable<Round> rounds) => new(
        rounds.SelectMany(round => round.Statuses.Split(", ")).GroupBy(step => step).ToDictionary(group => group.Key, group => group.Count()),
        StringComparer.Ordinal);

    private sealed record Round(int Life, string Statuses, TimeSpan Took);
}
