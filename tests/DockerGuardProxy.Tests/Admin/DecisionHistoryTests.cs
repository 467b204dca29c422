using DockerGuardProxy.Admin;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Tests.Guard;
using Xunit;

namespace DockerGuardProxy.Tests.Admin;

public sealed class DecisionHistoryTests : IDisposable
{
    private readonly LedgerRig _rig = new();
    private readonly DecisionHistory _history;

    public DecisionHistoryTests()
    {
        _history = new DecisionHistory(_rig.Time);
        _rig.Observer = _history;
    }

    [Fact]
    public void It_tells_a_call_from_its_arrival_to_its_refusal()
    {
        _rig.Finds = LedgerRig.DState;
        _rig.Container = _rig.Container with { Pod = new Pod("shop", "web-0", "9f2c") };
        var request = new GuardedRequest("POST", "/containers/web/kill", default, default, new PeerCredentials(4711, 1000));
        var lead = _rig.Ledger.Arrive(new TerminatingCall(Operation.Kill, "web", Grace.None, "KILL"), _rig.Container, request);
        _rig.Advance(1);
        _rig.Kill();
        _rig.Advance(20);

        var report = _history.Read();
        Assert.Equal((1, _rig.Time.GetUtcNow(), 4L), (report.Version, report.Time, report.Total));
        Assert.Equal(
            ["forwarded/otherwise/1/", "joined/kill_due//1", "refused/stuck/1/", "refused/stuck//"],
            report.Decisions.Select(decision => $"{decision.Decision}/{decision.Reason}/{decision.Attempt}/{decision.Lead}"));
        Assert.Equal([0, 1, 1, 1], report.Decisions.Select(decision => decision.OpenCalls));
        var (first, last) = (report.Decisions[0], report.Decisions[^1]);
        Assert.Equal(
            ("kill", "web", _rig.Container.Id, "web", new PodReport("shop", "web-0", "9f2c"), 4711, 1000u, "enforce"),
            (first.Operation, first.Reference, first.Container, first.Name, first.Pod, first.CallerPid, first.CallerUid, first.Mode));
        Assert.Equal((null, null), (first.Diagnosis, first.Task));
        Assert.Equal(("d-state", new TaskReport(77, 77, "touch", "D", "percpu_rwsem_wait", "ext4 /dev/loop0")), (last.Diagnosis, last.Task));
        Assert.Equal(lead.Own!.Id, first.Attempt);
    }

    [Fact]
    public void A_refusal_at_arrival_stands_once()
    {
        _rig.Ledger.Policies = GuardPolicies.All(GuardPolicy.Default with { MaxWaitingPerContainer = 0 });
        _rig.Finds = LedgerRig.DState;
        _rig.Kill();
        _rig.Advance(20);
        var before = _history.Read().Total;
        LedgerRig.AssertRefused(_rig.Kill());
        var report = _history.Read();
        Assert.Equal(before + 1, report.Total);
        Assert.Equal(("refused", "too_many_waiting"), (report.Decisions[^1].Decision, report.Decisions[^1].Reason));
    }

    [Fact]
    public void Only_the_last_thousand_are_kept()
    {
        var rows = DecisionHistory.Capacity + 3;
        for (var i = 0; i < rows; i++)
            _rig.Ledger.Arrive(new TerminatingCall(Operation.Kill, $"c{i}", Grace.None, "KILL"), null, null);
        var report = _history.Read();
        Assert.Equal((rows, DecisionHistory.Capacity), ((int)report.Total, report.Decisions.Count));
        Assert.Equal(("c3", $"c{rows - 1}"), (report.Decisions[0].Reference, report.Decisions[^1].Reference));
        Assert.Equal((null, null, "unknown_container"), (report.Decisions[0].Container, report.Decisions[0].Name, report.Decisions[0].Reason));
    }

    [Fact]
    public void What_a_caller_chose_is_cut()
    {
        _rig.Ledger.Arrive(new TerminatingCall(Operation.Kill, new string('x', 60_000), Grace.None, "KILL"), null, null);
        Assert.Equal(DecisionReport.MaxText, Assert.Single(_history.Read().Decisions).Reference.Length);
    }

    [Fact]
    public async Task It_may_be_read_while_it_is_written()
    {
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 2).Select(_ => Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                    _history.On(new GuardEvent.Decided(_rig.Kill(), Verdict.Forward(Reason.Otherwise), null, 0, null));
            },
            TestContext.Current.CancellationToken)).ToArray();
        try
        {
            while (_history.Read() is { Total: < 3 * DecisionHistory.Capacity } report)
                Assert.DoesNotContain(null, report.Decisions);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(writers);
        }
    }

    public void Dispose() => _rig.Dispose();
}
