using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>The configuration of a running proxy is changed while calls come.</summary>
public sealed class LiveConfigurationTests
{
    private const int Hangup = 1;

    /// <summary>A caller of a stuck container is told after 1 s, long before it gives up itself.</summary>
    private const string Enforce =
        """{ "mode": "enforce", "patience": "2s", "repeatHold": ["1s"], "backoff": ["10m"], "maxWaiting": { "container": 1000 } }""";

    private static readonly TimeSpan ClientPatience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task No_call_is_lost_while_the_mode_changes_and_each_is_under_one_configuration()
    {
        await using var engine = await Dockerd.StartAsync();
        await using var proxy = await Proxy.StartAsync(engine, Enforce);
        await using var stuck = await IncidentContainer.StartAsync(engine, "stuck");
        await proxy.ReadyAsync();
        using var over = new CancellationTokenSource();
        var healthy = Enumerable.Range(0, 2).Select(i => LiveAsync(engine, proxy, $"healthy{i}", over.Token)).ToArray();
        var retries = RetryAsync(proxy, stuck, over.Token);
        Assert.NotNull(await proxy.BecomesAsync(status => status.StuckContainers == 1, Limit));

        // 1. The four, each by another way.
        var enforced = await PhaseAsync("enforce");
        await WriteAsync(proxy, WithMode("observe"));
        proxy.Daemon.Signal(Hangup);
        var observed = await PhaseAsync("observe");
        await WriteAsync(proxy, WithMode("off"));
        var off = await PhaseAsync("off");
        await SwapAsync(proxy, Enforce);
        var again = await PhaseAsync("enforce");

        // 2. A bad file changes nothing, and is told.
        await WriteAsync(proxy, WithMode("obsreve"));
        proxy.Daemon.Signal(Hangup);
        Assert.NotNull(await proxy.BecomesAsync(status => status.Configuration is { FailedReloads: > 0, Failure: not null }, Limit));
        Assert.Contains("guard.mode", (await proxy.StatusAsync()).Configuration.Failure!.Errors[0], StringComparison.Ordinal);
        var bad = await PhaseAsync("enforce");

        // 3. As often as it goes.
        for (var i = 0; i < 40; i++)
        {
            await WriteAsync(proxy, i % 2 == 0 ? WithMode("observe") : Enforce);
            proxy.Daemon.Signal(Hangup);
            await Task.Delay(100);
        }

        await over.CancelAsync();
        var answers = await retries;
        Figures.Record("calls on the stuck container", answers.Length);
        Figures.Record("calls on healthy containers meanwhile, each answered as by the engine", (await Task.WhenAll(healthy)).Sum());
        var status = await proxy.StatusAsync();
        Figures.Record("changes of the configuration under load", status.Configuration.Reloads);
        // Whoever starts a program with SIGHUP ignored, as nohup does, means it: then only the content counts.
        if (!IgnoresHangup(proxy))
            Assert.InRange(status.Configuration.Reloads, 20, 60);
        Assert.Equal((0, 0), (status.Faults, status.Calls.WronglyRefused));

        // 4. Each call was either sent, once, or refused; never lost, never sent twice.
        var seen = SeenByEngine(engine);
        foreach (var call in answers)
        {
            Assert.InRange(seen.GetValueOrDefault(call.Number), 0, 1);
            Assert.True(seen.ContainsKey(call.Number) || call.Answer is { Status: 503, Decision: "refused" }, $"neither sent nor refused: {call}");
            Assert.True((call.Answer.Status == 503) == (call.Answer.Decision is not null), $"{call}");
        }

        // 5. Within a phase, each by its rule. Of enforced ones, the engine saw the first of the incident; back-off spares it the others.
        Asked[] guarded = [.. In(enforced), .. In(again), .. In(bad)];
        Assert.All(guarded, call => Assert.True(call.Answer.Status is 503 or 500, $"{call}"));
        Figures.Record("calls that the engine saw while enforcing", $"{guarded.Count(call => seen.ContainsKey(call.Number))} of {guarded.Length}");
        Assert.InRange(guarded.Count(call => seen.ContainsKey(call.Number)), 0, 3);
        foreach (var call in In(observed).Concat(In(off)))
            Assert.True(seen.ContainsKey(call.Number) && call.Answer.Status != 503, $"{call}");

        // 6. Observing tells what it would have done; off tells nothing.
        var asked = answers.Count(call => call.At >= observed.From && Stopwatch.GetElapsedTime(observed.To, call.At) < ClientPatience);
        Figures.Record("calls that would have been refused while observing, by the status", $"{observed.Refused} of {asked}");
        Assert.InRange(observed.Refused, asked / 2, asked * 3 / 2);
        Assert.Equal(0, off.Refused);

        async Task<Phase> PhaseAsync(string mode)
        {
            var took = await proxy.BecomesAsync(status => status.Configuration.Mode == mode, Limit);
            Assert.True(took is not null, proxy.Daemon.Tail());
            Figures.Record($"written until {mode} was in force", took.Value);
            // Calls of the phase before are told first.
            await Task.Delay(ClientPatience);
            var (begin, from) = ((await proxy.StatusAsync()).Calls.Refused, Stopwatch.GetTimestamp());
            await Task.Delay(Seconds(Machine.LongForm ? 60 : 6));
            var to = Stopwatch.GetTimestamp();
            // Those that came last get what is theirs under this phase too.
            await Task.Delay(ClientPatience);
            return new Phase(from, to, (await proxy.StatusAsync()).Calls.Refused - begin);
        }

        Asked[] In(Phase phase) => [.. answers.Where(call => call.At >= phase.From && call.At < phase.To)];
    }

    [Fact]
    public async Task The_off_switch_lets_everything_pass_and_its_end_guards_again()
    {
        // Its path is fixed and other proxies may run on this machine: this one gets a view of the folder for itself.
        const string folder = "/etc/docker-guard-proxy";
        var isNew = !Directory.Exists(folder);
        Directory.CreateDirectory(folder);
        await using var engine = await Dockerd.StartAsync();
        await using var stuck = await IncidentContainer.StartAsync(engine, "stuck");
        await using var proxy = await Proxy.StartAsync(engine, Enforce);
        Assert.Equal(0, await proxy.StopAsync(Limit));
        var own = Directory.CreateDirectory(Path.Combine(proxy.Folder, "etc")).FullName;
        using var daemon = Daemon.Start(proxy.Daemon.Log,
        [
            "unshare", "-m", "--propagation", "private", "sh", "-c", """mount --bind "$0" "$1"; shift; exec "$@" """, own, folder,
            Proxy.Program, "run", "--listen", proxy.Socket, "--engine", engine.Socket, "--config", proxy.ConfigFile,
        ]);
        try
        {
            Assert.NotNull(await Poll.UntilAsync(() => File.Exists(proxy.AdminSocket) && File.Exists(proxy.Socket), Limit));
            await proxy.ReadyAsync();
            await IsRefusedAsync(proxy, $"/containers/{stuck.Name}/stop?t=1");
            await IsRefusedAsync(proxy, $"/containers/{stuck.Name}/kill");

            await File.WriteAllTextAsync(Path.Combine(own, "off"), "");
            var took = await proxy.BecomesAsync(status => status.Configuration is { SwitchedOff: true, Mode: "off" }, Limit);
            Assert.True(took is not null, proxy.Daemon.Tail());
            Figures.Record("off switch until the guard was off", took.Value);
            var seen = engine.CallsSeen(stuck.Name, "/kill");
            await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/kill", Seconds(2))));
            Assert.Equal(seen + 5, engine.CallsSeen(stuck.Name, "/kill"));

            File.Delete(Path.Combine(own, "off"));
            Assert.NotNull(await proxy.BecomesAsync(status => status.Configuration is { SwitchedOff: false, Mode: "enforce" }, Limit));
            await IsRefusedAsync(proxy, $"/containers/{stuck.Name}/kill");
        }
        finally
        {
            daemon.Signal(15);
            if (await daemon.WaitAsync(Seconds(20)) is null)
                daemon.Signal(9);
            if (isNew)
                Directory.Delete(folder);
        }
    }

    private static bool IgnoresHangup(Proxy proxy)
    {
        var line = File.ReadLines($"/proc/{proxy.Daemon.Pid}/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        return (ulong.Parse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (Hangup - 1))) != 0;
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static string WithMode(string mode) => Enforce.Replace("enforce", mode, StringComparison.Ordinal);

    private static async Task IsRefusedAsync(Proxy proxy, string path)
    {
        var answer = await proxy.Api.CallAsync("POST", path);
        Assert.Equal((503, "refused"), (answer.Status, answer.Decision));
    }

    private static async Task<string> WithGuardAsync(Proxy proxy, string guard)
    {
        var text = await File.ReadAllTextAsync(proxy.ConfigFile);
        return $"{text[..text.IndexOf("\"guard\":", StringComparison.Ordinal)]}\"guard\": {guard} }}";
    }

    /// <summary>In place.</summary>
    private static async Task WriteAsync(Proxy proxy, string guard) =>
        await File.WriteAllTextAsync(proxy.ConfigFile, await WithGuardAsync(proxy, guard));

    /// <summary>By a new file in its place, as editors and ConfigMaps do.</summary>
    private static async Task SwapAsync(Proxy proxy, string guard)
    {
        await File.WriteAllTextAsync(proxy.ConfigFile + ".new", await WithGuardAsync(proxy, guard));
        File.Move(proxy.ConfigFile + ".new", proxy.ConfigFile, overwrite: true);
    }

    /// <summary>Stops the stuck container at an even pace; each call has a number in its query that the engine ignores and logs.</summary>
    private static async Task<Asked[]> RetryAsync(Proxy proxy, IncidentContainer stuck, CancellationToken cancellationToken)
    {
        var asked = new ConcurrentQueue<Asked>();
        List<Task> calls = [];
        for (var number = 1; !cancellationToken.IsCancellationRequested; number++)
        {
            calls.Add(AskAsync(number));
            await Task.Delay(200, CancellationToken.None);
        }

        await Task.WhenAll(calls);
        return [.. asked.OrderBy(call => call.Number)];

        async Task AskAsync(int number)
        {
            var at = Stopwatch.GetTimestamp();
            var path = number % 4 == 0 ? $"/containers/{stuck.Id}/kill?n={number}." : $"/containers/{stuck.Name}/stop?t=1&n={number}.";
            asked.Enqueue(new Asked(number, at, await proxy.Api.CallAsync("POST", path, ClientPatience)));
        }
    }

    /// <summary>How often the engine saw each number.</summary>
    private static Dictionary<int, int> SeenByEngine(Dockerd engine)
    {
        Dictionary<int, int> seen = [];
        foreach (var line in File.ReadLines(engine.Daemon.Log))
        {
            var start = line.IndexOf("n=", StringComparison.Ordinal);
            if (!line.Contains("Calling POST", StringComparison.Ordinal) || start < 0)
                continue;
            var end = line.IndexOf('.', start);
            var number = int.Parse(line.AsSpan(start + 2, end - start - 2), CultureInfo.InvariantCulture);
            seen[number] = seen.GetValueOrDefault(number) + 1;
        }

        return seen;
    }

    /// <summary>One container's life, over and over.</summary>
    /// <returns>How many calls.</returns>
    private static async Task<int> LiveAsync(Dockerd engine, Proxy proxy, string name, CancellationToken cancellationToken)
    {
        await engine.Api.CreateAsync(name, ["sleep", "1000"]);
        (string Call, int Status)[] calls = [("start", 204), ("restart?t=0", 204), ("stop?t=0", 204), ("stop?t=0", 304), ("kill", 409)];
        var count = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            foreach (var (call, status) in calls)
            {
                var answer = await proxy.Api.CallAsync("POST", $"/containers/{name}/{call}");
                Assert.True((answer.Status, answer.Decision) == (status, null), $"{name} {call}: {answer}");
                count++;
            }
        }

        return count;
    }

    private sealed record Asked(int Number, long At, IncidentAnswer Answer);

    /// <summary>From when to when, and how many more were refused by the status.</summary>
    private sealed record Phase(long From, long To, long Refused);
}
