using DockerGuardProxy.Admin;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;
using DockerGuardProxy.Tests.Configuration;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Probe;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Guard;

public sealed class EvidenceWatchTests : IDisposable
{
    private const int Pid = 500;
    private static readonly string Id = Samples.Id("abc");
    private static readonly string Cgroup = $"0::/docker/{Id}\n";

    private readonly FakeProc _proc = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
    private readonly ContainerIndex _index = new(NullLogger<ContainerIndex>.Instance);
    private readonly EvidenceWatch _watch;
    private readonly Ledger _ledger;
    private readonly Sender _sender;
    private long _run = 1;

    public EvidenceWatchTests()
    {
        _index.BeginList();
        _index.EndList([new ListedContainer(Id, ["/web"], Running: true, Pod: null)]);
        // The clock runs far ahead of the threads that read the tree.
        var options = new ProbeOptions { Root = _proc.Root, ScanTimeout = TimeSpan.FromHours(1) };
        _watch = new EvidenceWatch(new Prober(options, _time), options, _index, new FaultCount(), _time, NullLogger<EvidenceWatch>.Instance);
        _sender = new Sender(_watch);
        _ledger = new Ledger(_time, GuardPolicies.Default, _sender, NullGuardObserver.Instance);
        _watch.Ledger = _ledger;
    }

    public void Dispose()
    {
        _watch.Dispose();
        _ledger.Dispose();
        _proc.Dispose();
    }

    [Fact]
    public async Task It_sleeps_while_nothing_is_asked()
    {
        await _watch.StartAsync(Samples.Cancel);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(_ledger.EvidenceNeeds());
        await _watch.StopAsync(Samples.Cancel);
    }

    [Fact]
    public async Task A_stuck_container_ends_in_a_refusal_at_patience()
    {
        Stuck();
        await _watch.StartAsync(Samples.Cancel);
        var ticket = Kill();
        await UntilAsync(() => ticket.Outcome.IsCompleted);
        var refused = Assert.IsType<Outcome.Refused>(await ticket.Outcome);
        Assert.Contains("touch", System.Text.Encoding.UTF8.GetString(refused.Refusal.Body.Span), StringComparison.Ordinal);
        Assert.InRange(Elapsed, GuardPolicy.Default.Patience, GuardPolicy.Default.MaxWait - TimeSpan.FromSeconds(1));
        await _watch.StopAsync(Samples.Cancel);
    }

    [Fact]
    public async Task Probes_that_fail_are_told_once_and_refuse_nobody()
    {
        var log = new RecordingLogger();
        var faults = new FaultCount();
        // Without a root every scan throws.
        var options = new ProbeOptions { Root = null!, ScanTimeout = TimeSpan.FromHours(1) };
        using var watch = new EvidenceWatch(new Prober(options, _time), options, _index, faults, _time, log.As<EvidenceWatch>()) { Ledger = _ledger };
        await watch.StartAsync(Samples.Cancel);
        var ticket = Kill();
        watch.Wake();
        await UntilAsync(() => Elapsed > GuardPolicy.Default.MaxWait + TimeSpan.FromSeconds(60));
        Assert.False(ticket.Outcome.IsCompleted);
        Assert.Equal(0, _ledger.Snapshot().BlindLooks);
        Assert.Single(log.Texts(1206));
        Assert.Equal(1, faults.Value);
        await watch.StopAsync(Samples.Cancel);
    }

    [Fact]
    public async Task Evidence_that_ends_is_learned_too_and_nothing_is_refused()
    {
        Stuck();
        await _watch.StartAsync(Samples.Cancel);
        var ticket = Kill();
        await UntilAsync(() => Elapsed > TimeSpan.FromSeconds(5));
        _proc.Process(Pid, "touch", Cgroup, 'R', pidNamespace: "pid:[1]");
        await UntilAsync(() => Elapsed > TimeSpan.FromSeconds(25));
        Assert.False(ticket.Outcome.IsCompleted);
        await _watch.StopAsync(Samples.Cancel);
    }

    [Fact]
    public async Task It_sleeps_again_once_the_run_is_over_and_wakes_for_the_next()
    {
        Stuck();
        await _watch.StartAsync(Samples.Cancel);
        Kill();
        await UntilAsync(() => _ledger.Snapshot().Containers.Any(container => container.EvidenceSince is not null));
        _ledger.RunEnded(Id, _run);
        Assert.Empty(_ledger.EvidenceNeeds());
        await UntilAsync(() => Elapsed > TimeSpan.FromSeconds(20));

        _ledger.RunStarted(Id, ++_run);
        var next = Kill();
        await UntilAsync(() => next.Outcome.IsCompleted);
        Assert.IsType<Outcome.Refused>(await next.Outcome);
        await _watch.StopAsync(Samples.Cancel);
    }

    private TimeSpan Elapsed => _time.GetUtcNow() - new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private void Stuck() => _proc.Process(
        Pid, "touch", Cgroup, 'D', sigPnd: 0x100, wchan: "percpu_rwsem_wait", nsPid: "1", pidNamespace: "pid:[4026532001]");

    private Ticket Kill() => _ledger.Arrive(
        new TerminatingCall(Operation.Kill, Id, Grace.None, null), new GuardedContainer(Id, "web", IsRunning: true, _run), null);

    // Real threads read the tree meanwhile: the clock goes on in steps that are short against what is measured.
    private Task UntilAsync(Func<bool> condition) => Eventually.Async(condition, () => _time.Advance(TimeSpan.FromMilliseconds(100)));

    private sealed class Sender(EvidenceWatch watch) : IAttemptSender
    {
        public void Send(Attempt attempt)
        {
        }

        public void EvidenceNeeded(EvidenceNeed need) => watch.Wake();
    }
}
