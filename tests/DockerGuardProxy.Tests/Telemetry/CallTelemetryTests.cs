using System.Diagnostics;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Telemetry;
using DockerGuardProxy.Tests.Guard;
using Xunit;

namespace DockerGuardProxy.Tests.Telemetry;

public sealed class CallTelemetryTests
{
    [Fact]
    public void A_joined_call_links_to_its_lead_and_both_are_exported()
    {
        using var rig = new TelemetryRig();
        var lead = rig.Guard.Kill();
        rig.Guard.Kill();
        rig.Guard.Answer(lead, 204);
        Assert.Equal(["forwarded", "joined"], rig.Exported.Select(span => span.GetTagItem(Keys.Decision)));
        Assert.Equal(["answered", "copied"], rig.Exported.Select(span => span.GetTagItem(Keys.Outcome)));
        Assert.Equal(rig.Ended[0].Context, Assert.Single(rig.Ended[1].Links).Context);
        Assert.Equal((204, "kill_due"), (rig.Ended[1].GetTagItem(Keys.Status), rig.Ended[1].GetTagItem(Keys.Reason)));
    }

    [Fact]
    public void A_refused_call_names_the_stuck_task_and_everybody_concerned()
    {
        using var rig = new TelemetryRig();
        var guard = rig.Guard;
        guard.Finds = LedgerRig.DState;
        guard.Container = guard.Container with { Pod = new Pod("shop", "web-0", "uid-1") };
        guard.Ledger.Arrive(
            new TerminatingCall(Operation.Kill, "web", Grace.None, null), guard.Container,
            new GuardedRequest("POST", "/containers/web/kill", default, default, new PeerCredentials(4711, 1000)));
        guard.Advance(13);
        var span = Assert.Single(rig.Exported);
        Assert.Equal(("kill", ActivityKind.Server, ActivityStatusCode.Error), (span.DisplayName, span.Kind, span.Status));
        Assert.Equal(
            new Dictionary<string, object?>
            {
                [Keys.ContainerId] = guard.Container.Id, [Keys.ContainerName] = "web", [Keys.PodName] = "web-0", [Keys.Namespace] = "shop",
                [Keys.PodUid] = "uid-1", [Keys.CallerPid] = 4711, [Keys.CallerUid] = "1000", [Keys.Operation] = "kill",
                [Keys.Decision] = "refused", [Keys.Reason] = "stuck", [Keys.Mode] = "enforce", [Keys.Outcome] = "refused", [Keys.Sent] = true,
                [Keys.OpenCalls] = 0,
                [Keys.Status] = 503, [Keys.Diagnosis] = "d-state", [Keys.StuckPid] = 77, [Keys.StuckComm] = "touch",
                [Keys.StuckWchan] = "percpu_rwsem_wait", [Keys.StuckFileSystem] = "ext4 /dev/loop0", [Keys.ErrorType] = "503",
            },
            span.TagObjects.ToDictionary());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    public void A_call_that_is_just_forwarded_is_exported_by_the_ratio_alone(double ratio, int exported)
    {
        using var rig = new TelemetryRig(ratio);
        rig.Guard.Answer(rig.Guard.Stop(5), 204);
        Assert.Single(rig.Ended);
        Assert.Equal(exported, rig.Exported.Count());
    }

    [Fact]
    public void A_lead_whose_caller_gives_up_is_exported_though_nobody_has_joined_it_yet()
    {
        using var rig = new TelemetryRig();
        var lead = rig.Guard.Kill();
        rig.Guard.Ledger.CallerLeft(lead);
        var span = Assert.Single(rig.Exported);
        Assert.Equal(("forwarded", "left", "left"), (span.GetTagItem(Keys.Decision), span.GetTagItem(Keys.Outcome), span.GetTagItem(Keys.ErrorType)));
        rig.Guard.Kill();
        rig.Guard.Answer(lead, 204);
        Assert.Equal(2, rig.Ended.Count);
        Assert.Equal(span.Context, Assert.Single(rig.Ended[1].Links).Context);
    }

    [Fact]
    public void In_observe_mode_a_call_is_told_as_it_would_have_been_decided()
    {
        using var rig = new TelemetryRig(policy: GuardPolicy.Default with { Mode = GuardMode.Observe });
        rig.Guard.Finds = LedgerRig.DState;
        var call = rig.Guard.Kill();
        rig.Guard.Advance(13);
        Assert.Empty(rig.Ended);
        rig.Guard.Answer(call, 204);
        var span = Assert.Single(rig.Exported);
        Assert.Equal(
            ("observe", "refused", "answered", 204),
            (span.GetTagItem(Keys.Mode), span.GetTagItem(Keys.Decision), span.GetTagItem(Keys.Outcome), span.GetTagItem(Keys.Status)));
    }

    [Fact]
    public void Spans_leave_no_trace_on_the_thread_of_the_call()
    {
        using var rig = new TelemetryRig();
        rig.Guard.Kill();
        Assert.Null(Activity.Current);
    }

    [Fact]
    public async Task Measurements_spans_and_ledger_agree_number_by_number()
    {
        using var rig = new TelemetryRig(1);
        var guard = rig.Guard;
        guard.Finds = LedgerRig.DState;
        var lead = guard.Stop(1);
        for (var i = 0; i < 20; i++)
        {
            guard.Ledger.CallerLeft(guard.Stop(1));
            guard.Advance(1);
        }

        var held = guard.Kill();
        var restart = guard.Restart(1);
        var page = await rig.ScrapeAsync();
        var ledger = guard.Ledger.Snapshot();
        Assert.Equal(
            ledger.OpenCalls,
            page.Where(sample => sample.Key.StartsWith("docker_guard_calls_open", StringComparison.Ordinal)).Sum(sample => sample.Value));
        Assert.Equal(ledger.WaitingCalls, page["docker_guard_calls_waiting"]);
        Assert.Equal(ledger.CallsSaved, page["docker_guard_calls_saved_total"]);
        Assert.Equal(1, page["docker_guard_containers_stuck"]);
        Assert.Single(page, sample => sample.Key.StartsWith("docker_guard_stuck_since_seconds{", StringComparison.Ordinal));

        guard.Exit();
        guard.Answer(restart, 204);
        page = await rig.ScrapeAsync();
        var calls = page.Where(sample => sample.Key.StartsWith("docker_guard_calls_total{", StringComparison.Ordinal)).ToDictionary();
        Assert.Equal(23, calls.Values.Sum());
        Assert.Equal(rig.Exported.Count(), calls.Values.Sum());
        foreach (var group in rig.Exported.GroupBy(
            span => (span.GetTagItem(Keys.Operation), span.GetTagItem(Keys.Decision), span.GetTagItem(Keys.Outcome))))
        {
            var (operation, decision, outcome) = group.Key;
            Assert.Equal(
                group.Count(),
                calls[$"docker_guard_calls_total{{docker_guard_decision=\"{decision}\",docker_guard_mode=\"enforce\",docker_guard_operation=\"{operation}\",docker_guard_outcome=\"{outcome}\"}}"]);
        }

        Assert.Equal(
            guard.Ledger.Snapshot().Refusals,
            page.Where(sample => sample.Key.StartsWith("docker_guard_refusals_total{", StringComparison.Ordinal)).Sum(sample => sample.Value));
        Assert.Equal(
            guard.Ledger.Snapshot().WrongRefusals,
            page.Where(sample => sample.Key.StartsWith("docker_guard_refusals_wrong_total{", StringComparison.Ordinal)).Sum(sample => sample.Value));
        LedgerRig.AssertCopied(held, 204, lead);
        Assert.Equal(0, page["docker_guard_calls_waiting"]);
    }

    [Fact]
    public async Task A_fault_is_counted()
    {
        using var rig = new TelemetryRig();
        rig.Guard.Ledger.RunEnded(null!, 1);
        Assert.Equal(1, (await rig.ScrapeAsync())["docker_guard_faults_total"]);
    }

    [Fact]
    public void Nothing_is_made_while_nobody_wants_spans()
    {
        using var rig = new TelemetryRig(traces: false);
        rig.Guard.Answer(rig.Guard.Kill(), 204);
        Assert.Empty(rig.Ended);
    }
}
