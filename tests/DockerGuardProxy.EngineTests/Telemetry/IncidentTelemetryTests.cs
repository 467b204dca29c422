using System.Diagnostics;
using System.Text.Json;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.EngineTests.Guard;
using DockerGuardProxy.EngineTests.Lab;
using DockerGuardProxy.Telemetry;
using Xunit;

namespace DockerGuardProxy.EngineTests.Telemetry;

/// <summary>The incident as traces and metrics show it: a real engine that leaks, a real D state, a real receiver, a real Prometheus.</summary>
public sealed class IncidentTelemetryTests(Laboratory laboratory)
{
    private const int Retries = 50;

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Spans_metrics_and_ledger_tell_the_same_story(string protocol)
    {
        var (engine, _) = await laboratory.BenchAsync(Dockerd.Leaky);
        await using var receiver = await AspireDashboard.StartAsync();
        await using var proxy = await Proxy.StartAsync(engine);
        var metrics = $"127.0.0.1:{FreePort.Take()}";
        await ConfigureAsync(proxy, engine, protocol == "grpc" ? receiver.Grpc : receiver.Http, protocol, metrics);
        await using var prometheus = await Prometheus.StartAsync(metrics);
        await using var stuck = await IncidentContainer.StartAsync(engine, "traced", new()
        {
            ["io.kubernetes.pod.name"] = "web-0",
            ["io.kubernetes.pod.namespace"] = "shop",
            ["io.kubernetes.pod.uid"] = "0b1c",
        });
        await proxy.ReadyAsync();

        // A patient caller leads; kubelet-like ones give up after 4 s, and every fifth waits until it is told.
        var stop = $"/containers/{stuck.Name}/stop?t=1";
        var lead = proxy.Api.CallAsync("POST", stop);
        Assert.NotNull(await proxy.BecomesAsync(status => status.Calls.Open == 1, TimeSpan.FromSeconds(10)));
        // Once SIGKILL is due, one more stop can change nothing: all that follow join this one.
        await Task.Delay(1500);
        var clock = Stopwatch.StartNew();
        var calls = new List<Task<IncidentAnswer>>();
        for (var i = 0; i < Retries - 1; i++)
        {
            calls.Add(proxy.Api.CallAsync("POST", stop, i % 5 == 0 ? TimeSpan.FromMinutes(2) : TimeSpan.FromSeconds(4)));
            await Task.Delay(400);
        }

        var (pid, comm) = Assert.Single(stuck.Blocked());
        Assert.True(Assert.Single((await proxy.StatusAsync()).Containers, container => container.Id == stuck.Id).Stuck);
        Assert.NotNull(await Poll.UntilAsync(
            async () => await prometheus.QueryAsync("docker_guard_containers_stuck") is [1], TimeSpan.FromSeconds(10)));
        IncidentAnswer[] answers = [await lead, .. await Task.WhenAll(calls)];
        Figures.Record($"telemetry, {protocol}: {Retries} retries ended as", answers.Summary());
        Figures.Record($"telemetry, {protocol}: they took", clock.Elapsed);

        IReadOnlyList<ReceivedSpan> spans = [];
        var arrived = await Poll.UntilAsync(
            async () => (spans = [.. (await receiver.SpansAsync()).Where(span => span[Keys.ContainerId] == stuck.Id)]).Count >= Retries,
            TimeSpan.FromSeconds(30), 500);
        Assert.True(arrived is not null, $"{spans.Count} spans only:\n{proxy.Daemon.Tail()}");
        Assert.Equal(Retries, spans.Count);
        Figures.Record($"telemetry, {protocol}: last answer until all spans were at the receiver", arrived.Value);
        Figures.Record(
            $"telemetry, {protocol}: spans",
            string.Join(", ", spans.GroupBy(span => $"{span[Keys.Decision]}/{span[Keys.Outcome]}").Select(group => $"{group.Count()} {group.Key}")));

        CheckSpans(spans, answers, pid, comm);
        await CheckMetricsAsync(proxy, prometheus, spans);
        Assert.Equal(engine.Daemon.Pid, (await proxy.StatusAsync()).Engine.Pid);
        Assert.DoesNotContain("Telemetry is not exported", await File.ReadAllTextAsync(proxy.Daemon.Log), StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("DOCKER_GUARD_PROXY_TESTS_PICTURES") is { } taker)
            await PictureAsync(taker, receiver, spans);
    }

    [Fact]
    public async Task An_exec_that_hangs_is_seen_and_passes_all_the_same()
    {
        var (engine, _) = await laboratory.BenchAsync();
        await using var proxy = await Proxy.StartAsync(engine);
        await using var stuck = await IncidentContainer.StartAsync(engine, "piled");
        await proxy.ReadyAsync();

        // A probe that touches the dead disk does not come back.
        var (status, created) = await proxy.Api.PostAsync(
            $"/containers/{stuck.Name}/exec", new { Cmd = new[] { "touch", "/data/probe" }, AttachStdout = true });
        Assert.Equal(201, status);
        var exec = JsonSerializer.Deserialize<JsonElement>(created).GetProperty("Id").GetString();
        var probe = proxy.Api.PostAsync($"/exec/{exec}/start", new { Detach = false });
        Assert.NotNull(await proxy.BecomesAsync(
            report => report.PileUp?.SingleOrDefault(open => open.Operation == "exec") is { Open: 1, OldestSeconds: > 1 }, TimeSpan.FromSeconds(20)));
        using var admin = new EngineApi(proxy.AdminSocket);
        var page = await admin.GetTextAsync("/metrics");
        Assert.Matches("docker_guard_calls_open\\{[^}]*docker_guard_operation=\"exec\"[^}]*\\} 1\\b", page);
        Assert.Matches("docker_guard_calls_oldest_seconds\\{[^}]*docker_guard_operation=\"exec\"[^}]*\\} [1-9]", page);

        await stuck.ThawAsync();
        Assert.Equal(200, (await probe).Status);
        Assert.NotNull(await proxy.BecomesAsync(report => report.PileUp is { Count: 0 }, TimeSpan.FromSeconds(10)));
    }

    private static async Task ConfigureAsync(Proxy proxy, Dockerd engine, string endpoint, string protocol, string metrics)
    {
        await File.WriteAllTextAsync(proxy.ConfigFile, $$"""
            {
              "version": 1,
              "engine": { "path": "{{engine.Socket}}", "pidFile": "{{engine.PidFile}}" },
              "admin": { "path": "{{proxy.AdminSocket}}", "metrics": "{{metrics}}" },
              "telemetry": { "otlp": { "endpoint": "{{endpoint}}", "protocol": "{{protocol}}" }, "forwardedRatio": 1 }
            }
            """);
        Assert.Equal(0, await proxy.StopAsync(TimeSpan.FromSeconds(15)));
        await proxy.StartAsync();
    }

    private static void CheckSpans(IReadOnlyList<ReceivedSpan> spans, IReadOnlyList<IncidentAnswer> answers, int pid, string comm)
    {
        var leading = Assert.Single(spans, span => span[Keys.Sent].Equals("true", StringComparison.OrdinalIgnoreCase));
        var linked = spans.Where(span => span.Links.Count > 0).ToArray();
        Assert.NotEmpty(linked);
        Assert.All(linked, span => Assert.Equal(leading.Id, Assert.Single(span.Links)));
        var refused = spans.Where(span => span[Keys.Decision] == "refused").ToArray();

        // A client may give up in the very moment in which it is told.
        Assert.InRange(refused.Length - answers.Count(answer => answer.Status == 503), 0, 1);
        Assert.All(refused, span => Assert.Equal(
            ($"{pid}", comm, "percpu_rwsem_wait", "503", "shop", "web-0", "0b1c"),
            (
                span[Keys.StuckPid],
                span[Keys.StuckComm],
                span[Keys.StuckWchan],
                span[Keys.Status],
                span[Keys.Namespace],
                span[Keys.PodName],
                span[Keys.PodUid])));
        TestContext.Current.TestOutputHelper!.WriteLine(
            string.Join('\n', refused[^1].Attributes.Select(attribute => $"{attribute.Key}: {attribute.Value}")));
        Assert.All(spans, span => Assert.Equal(
            ("stop", $"{Environment.ProcessId}", "0"), (span.Name, span[Keys.CallerPid], span[Keys.CallerUid])));
    }

    /// <summary>Lets tests/pictures/make take the pictures of docs/telemetry.md, while the dashboard still has the run.</summary>
    private static async Task PictureAsync(string taker, AspireDashboard receiver, IReadOnlyList<ReceivedSpan> spans)
    {
        var lead = spans.First(span => span[Keys.Sent].Equals("true", StringComparison.OrdinalIgnoreCase));
        var refused = spans.First(span => span[Keys.Decision] == "refused" && span.Id != lead.Id);
        var joined = spans.First(span => span.Links.Count > 0 && span[Keys.Decision] == "joined");
        var result = await Command.RunAsync(
            [taker, receiver.Page.AbsoluteUri, lead.Trace, joined.Trace, refused.Trace], limit: TimeSpan.FromMinutes(30));
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    /// <summary>The metrics of the same run, number by number: as Prometheus has them, against spans and ledger.</summary>
    private static async Task CheckMetricsAsync(Proxy proxy, Prometheus prometheus, IReadOnlyList<ReceivedSpan> spans)
    {
        using var admin = new EngineApi(proxy.AdminSocket);
        var page = Machine.NewPath("page");
        await File.WriteAllTextAsync(page, await admin.GetTextAsync("/metrics"));
        var check = await Command.RunAsync(["/bin/sh", "-c", $"promtool check metrics <{page}"]);
        Assert.True(check.ExitCode == 0, check.Output + check.Error);

        Assert.NotNull(await Poll.UntilAsync(
            async () => await prometheus.QueryAsync("sum(docker_guard_calls_total)") is [Retries], TimeSpan.FromSeconds(10), 200));
        foreach (var group in spans.GroupBy(span => (Decision: span[Keys.Decision], Outcome: span[Keys.Outcome])))
        {
            Assert.Equal(
                [group.Count()],
                await prometheus.QueryAsync(
                    $"docker_guard_calls_total{{docker_guard_operation=\"stop\",docker_guard_decision=\"{group.Key.Decision}\",docker_guard_outcome=\"{group.Key.Outcome}\"}}"));
        }

        var calls = (await proxy.StatusAsync()).Calls;
        Assert.Equal((1, 0, Retries - 1), (calls.Open, calls.Waiting, calls.Saved));
        Assert.Equal(EngineCostReport.Of(Retries - 1), calls.WouldHold);
        Assert.Equal([Retries - 1], await prometheus.QueryAsync("docker_guard_calls_saved_total"));
        Assert.Equal([1], await prometheus.QueryAsync("docker_guard_calls_open{docker_guard_operation=\"stop\"}"));
        Assert.Equal([calls.Refused], await prometheus.QueryAsync("sum(docker_guard_refusals_total)"));
        Assert.Equal([1], await prometheus.QueryAsync("docker_guard_stuck_since_seconds{container_name=\"traced\",k8s_pod_name=\"web-0\"} > bool 0"));
        Assert.Equal([1], await prometheus.QueryAsync("docker_guard_engine_info{docker_guard_engine_leaks_for_ever=\"yes\"}"));

        // Every query that ships: Prometheus takes it, and somebody exports what it names.
        var names = await prometheus.NamesAsync();
        foreach (var query in ShippedQueries.All())
        {
            await prometheus.QueryAsync(query);
            Assert.All(ShippedQueries.Metrics(query), name => Assert.Contains(name, names));
        }
    }
}
