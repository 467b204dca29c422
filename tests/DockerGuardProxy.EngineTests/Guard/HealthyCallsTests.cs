using System.Diagnostics;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>Where nothing hangs, nobody notices that calls are counted: none is held, and answers are the engine's own, as directly.</summary>
public sealed class HealthyCallsTests(Laboratory laboratory)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Two of the engines are enough for what is not about their locks.</summary>
    public static TheoryData<string> Two { get; } = [Dockerd.Installed, Dockerd.Newest];

    [Theory]
    [MemberData(nameof(EngineVersions.All), MemberType = typeof(EngineVersions))]
    public async Task The_healthy_notice_nothing(string version)
    {
        var bench = await laboratory.BenchAsync(version);
        var (engine, proxy) = (bench.Engine, bench.Proxy!);
        await proxy.ReadyAsync();
        var id = await engine.Api.RunAsync("web", ["sleep", "1000"]);
        var own = await engine.Api.GetTextAsync($"/containers/{id}/json");
        var docker = new Dictionary<string, string> { ["DOCKER_HOST"] = "unix://" + proxy.Socket };
        var before = (await proxy.StatusAsync()).Locks!;

        // 1. Inspects.
        await InspectAsync(version, proxy, id, own, Machine.LongForm ? 10_000 : 600);
        before = before with { Held = (await proxy.StatusAsync()).Locks!.Held };

        // 2. Many runs and execs at once. The runs have no sandbox of their own: 20.10 may hang for good when many of them end at once.
        var (runCount, execCount) = Machine.LongForm ? (100, 50) : (6, 20);
        var runs = await Task.WhenAll(Enumerable.Range(0, runCount).Select(i => Command.RunAsync(
            ["/usr/bin/docker", "run", "--rm", "--network", "container:web", "--name", $"run{i}", Dockerd.Image, "echo", "hello"], docker, Limit)));
        Assert.All(runs, run => Assert.Equal((0, "hello\n"), (run.ExitCode, run.Output)));
        var execs = await Task.WhenAll(Enumerable.Range(0, execCount).Select(_ => Command.RunAsync(
            ["/usr/bin/docker", "exec", "web", "echo", "hello"], docker, Limit)));
        Assert.All(execs, run => Assert.Equal((0, "hello\n"), (run.ExitCode, run.Output)));
        var after = (await proxy.StatusAsync()).Locks!;
        var counts = $"{after.Held - before.Held}, {after.Refused - before.Refused}";
        Figures.Record($"{version}: {runCount} runs and {execCount} execs at once: held, refused", counts);
        Assert.Equal((before.Held, before.Refused, 0), (after.Held, after.Refused, after.Waiting));
    }

    /// <summary>Eight minutes, with both engines side by side.</summary>
    [Fact]
    [Trait("form", "long")]
    public async Task A_hundred_thousand_inspects_on_each_of_two_engines()
    {
        var benches = await laboratory.BenchesAsync(Dockerd.Installed, Dockerd.Newest);
        await Task.WhenAll(benches.Select(async bench =>
        {
            await bench.Proxy!.ReadyAsync();
            var id = await bench.Engine.Api.RunAsync("web", ["sleep", "1000"]);
            var own = await bench.Engine.Api.GetTextAsync($"/containers/{id}/json");
            await InspectAsync(bench.Engine.Version, bench.Proxy!, id, own, 100_000);
        }));
    }

    [Theory]
    [MemberData(nameof(Two))]
    public async Task A_busy_node_is_answered_as_directly(string version)
    {
        var bench = await laboratory.BenchAsync(version);
        var proxy = bench.Proxy!;
        await proxy.ReadyAsync();
        var before = await proxy.StatusAsync();
        var (services, length) = Machine.LongForm ? (50, TimeSpan.FromSeconds(20)) : (6, TimeSpan.FromSeconds(2));
        using var direct = await RunAsync("directly", bench.Engine.Api);
        using var guarded = await RunAsync("through the proxy", proxy.Api);
        var after = await proxy.StatusAsync();
        Figures.Record($"{version}: held, refused, would have been told", Counts(before, after));

        // How often each was asked depends on chance, and whether one who looks still finds what has gone; what was answered does not.
        Assert.Equal(Kinds(direct), Kinds(guarded));
        Assert.Equal("0, 0, 0", Counts(before, after));
        Assert.Equal((before.Calls.Refused, before.Faults), (after.Calls.Refused, after.Faults));

        async Task<BusyNode> RunAsync(string how, EngineApi api)
        {
            var clock = Stopwatch.StartNew();
            var node = new BusyNode(api, services, length);
            await node.RunAsync();
            Figures.Record(
                $"{version}: a node of {services} containers {how}: seconds, calls, slowest inspect in ms",
                $"{clock.Elapsed.TotalSeconds:0}, {node.Answers.Values.Sum()}, {node.Slowest.TotalMilliseconds:0}");
            return node;
        }
    }

    [Theory]
    [MemberData(nameof(Two))]
    public async Task All_who_follow_a_log_read_it_whole(string version)
    {
        // More than 64 of one container at the same moment would be a burst, and held for that moment.
        const int lines = 2000;
        var (writers, followers) = Machine.LongForm ? (20, 10) : (1, 50);
        var bench = await laboratory.BenchAsync(version);
        var proxy = bench.Proxy!;
        await proxy.ReadyAsync();
        var before = await proxy.StatusAsync();
        foreach (var (how, api) in new[] { ("directly", bench.Engine.Api), ("through the proxy", proxy.Api) })
        {
            // They begin to write when all are there, and do not end: 20.10 cuts a follower off at the end of a container, directly too.
            var ids = await Task.WhenAll(Enumerable.Range(0, writers).Select(async number =>
            {
                var id = await bench.Engine.Api.CreateAsync(
                    $"writer{number}",
                    ["sh", "-c", $"while [ ! -e /go ]; do sleep 0.1; done; i=0; while [ $i -lt {lines} ]; do i=$((i+1)); echo line $i; done; sleep 1000"],
                    new() { ["Tty"] = true });
                await bench.Engine.Api.PostAsync($"/containers/{id}/start");
                return id;
            }));
            var follow = ids.SelectMany(id => Enumerable.Repeat(id, followers))
                .Select(async id => (Id: id, Answer: await api.SendAsync(HttpMethod.Get, $"/containers/{id}/logs?follow=1&stdout=1"))).ToArray();
            var follows = await Task.WhenAll(follow).WaitAsync(Limit);
            var clock = Stopwatch.StartNew();
            await Task.WhenAll(ids.Select(id => bench.Engine.Api.ExecAsync(id, "touch", "/go")));
            var own = new Dictionary<string, byte[]>();
            foreach (var id in ids) own[id] = await WrittenAsync(bench.Engine.Api, id, lines);
            var logs = await Task.WhenAll(follows.Select(it => ReadAsync(it.Answer, own[it.Id].Length))).WaitAsync(Limit);
            Figures.Record($"{version}: {followers} followers of each of {writers} containers that write {lines} lines, {how}", clock.Elapsed);
            Assert.All(follows.Zip(logs), it => Assert.Equal(own[it.First.Id], it.Second));
            foreach (var (_, answer) in follows) answer.Dispose();
            foreach (var id in ids) await bench.Engine.Api.RemoveAsync(id);
        }

        Assert.Equal("0, 0, 0", Counts(before, await proxy.StatusAsync()));
    }

    private static async Task<byte[]> WrittenAsync(EngineApi engine, string id, int lines)
    {
        byte[] own = [];
        await Poll.UntilAsync(
            async () =>
            {
                own = await engine.GetBytesAsync($"/containers/{id}/logs?stdout=1");
                return own.Count(it => it == '\n') == lines;
            },
            Limit);
        Assert.Equal(lines, own.Count(it => it == '\n'));
        return own;
    }

    private static async Task<byte[]> ReadAsync(HttpResponseMessage answer, int length)
    {
        var log = new byte[length];
        await using var stream = await answer.Content.ReadAsStreamAsync();
        await stream.ReadExactlyAsync(log);
        return log;
    }

    // A machine that stands still for as long as 64 of them take to come says nothing about the guard: again then.
    private static async Task InspectAsync(string version, Proxy proxy, string id, string own, int count)
    {
        const int perSecond = 200;
        for (var attempt = 1; ; attempt++)
        {
            var before = (await proxy.StatusAsync()).Locks!.Held;
            var calls = await InspectsAsync(proxy, id, count, perSecond);
            var slowest = calls.Max(call => call.Took);
            var held = (await proxy.StatusAsync()).Locks!.Held - before;
            Figures.Record($"{version}: {count} inspects at {perSecond}/s: slowest", slowest);
            Figures.Record($"{version}: of them held", held);
            if (held == 0)
            {
                Assert.All(calls, call => Assert.Equal(("HTTP/1.1 200 OK", own), call.Answer));
                break;
            }

            Assert.True(slowest > TimeSpan.FromSeconds(64.0 / perSecond) && attempt < 5, $"{held} were held; the slowest took {slowest}");
        }
    }

    private static string Counts(StatusReport before, StatusReport after) =>
        $"{after.Locks!.Held - before.Locks!.Held}, {after.Locks.Refused - before.Locks.Refused}, {after.Locks.WouldTell - before.Locks.WouldTell}";

    // Of those who only look, 404 and 409 say that what they found in a list has gone since.
    private static IEnumerable<string> Kinds(BusyNode node) => node.Answers.Keys
        .Where(kind => kind.StartsWith("compose", StringComparison.Ordinal) || !(kind.Contains(": 404 ") || kind.Contains(": 409 "))).Order();

    private static async Task<((string Status, string Body)? Answer, TimeSpan Took)[]> InspectsAsync(Proxy proxy, string id, int count, int perSecond)
    {
        var began = Environment.TickCount64;
        var calls = new List<Task<((string, string)?, TimeSpan)>>(count);
        for (var i = 0; i < count; i++)
        {
            calls.Add(TimedAsync());
            var ahead = (i + 1) * 1000L / perSecond - (Environment.TickCount64 - began);
            if (ahead > 0)
                await Task.Delay((int)ahead);
        }

        return await Task.WhenAll(calls);

        async Task<((string, string)?, TimeSpan)> TimedAsync()
        {
            var clock = Stopwatch.StartNew();
            var answer = await LockCalls.AskAsync(proxy.Socket, LockCalls.Get($"/containers/{id}/json"), Limit);
            return (answer, clock.Elapsed);
        }
    }
}
