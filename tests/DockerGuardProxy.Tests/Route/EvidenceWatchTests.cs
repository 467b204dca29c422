using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;
using DockerGuardProxy.Route;
using DockerGuardProxy.Streams;
using DockerGuardProxy.Tests.Configuration;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Probe;
using DockerGuardProxy.Tests.Guard;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Route;

public sealed class EvidenceWatchTests : IDisposable
{
    private const int Pid = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500), Gap = new ProbeOptions().Gap;
    private static readonly string Id = Samples.Id("abc");
    private static readonly string Cgroup = $"0::/docker/{Id}\n";

    private readonly FakeProc _proc = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
    private readonly ContainerIndex _index = new(NullLogger<ContainerIndex>.Instance);
    private readonly EvidenceWatch _watch;
    private readonly Review _review;
    private readonly LedgerKeeper _ledger;
    private long _run = 1;

    public EvidenceWatchTests()
    {
        _index.BeginList();
        _index.EndList([new ListedContainer(Id, ["/web"], Running: true, Pod: null)]);
        // The clock runs far ahead of the threads that read the tree.
        (_watch, _review, _ledger) = Make(_time);
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
        using var watch = new EvidenceWatch(
            _ledger, new Prober(options, _time), options, _index, new StalledStreams(new RestBudget()), faults, _time, log.As<EvidenceWatch>());
        await watch.StartAsync(Samples.Cancel);
        var ticket = Kill();
        await UntilAsync(() => Elapsed > GuardPolicy.Default.MaxWait + TimeSpan.FromSeconds(60));
        Assert.False(ticket.Outcome.IsCompleted);
        Assert.Equal(0, _ledger.Snapshot().BlindLooks);
        Assert.Single(log.Texts(1206));
        Assert.Equal(1, faults.Value);
        await watch.StopAsync(Samples.Cancel);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_a_lost_exit_no_knowledge_of_clients_is_claimed_while_nobody_watches_them(bool isOff)
    {
        var streams = new StreamsPolicy { Mode = isOff ? GuardMode.Off : GuardMode.Enforce };
        _ledger.Policies = GuardPolicies.Default with { Families = FamilyPolicies.Default with { Streams = streams } };
        _run = _index.Find(Id)!.Run;
        _index.Learned(new Inspection(Id, 10, "TERM", Pid), _run);
        await _watch.StartAsync(Samples.Cancel);
        var ticket = Kill();
        await UntilAsync(() => ticket.Outcome.IsCompleted);
        var text = System.Text.Encoding.UTF8.GetString(Assert.IsType<Outcome.Refused>(await ticket.Outcome).Refusal.Body.Span);
        Assert.Equal(isOff, text.Contains("see ss -xp", StringComparison.Ordinal));
        Assert.Equal(!isOff, text.Contains("no unread stream of ours", StringComparison.Ordinal));
        await _watch.StopAsync(Samples.Cancel);
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

    [Theory]
    [InlineData("still waits", 1)]
    [InlineData("gone", 0)]
    [InlineData("awake", 0)]
    [InlineData("another", 0)]
    public async Task A_look_at_the_named_tasks_tells_whether_a_refusal_was_wrong(string task, int wrong)
    {
        Stuck();
        await _watch.StartAsync(Samples.Cancel);
        var ticket = Kill();
        await UntilAsync(() => ticket.Outcome.IsCompleted);
        await _watch.StopAsync(Samples.Cancel);
        switch (task)
        {
            case "gone":
                Directory.Delete($"{_proc.Root.Proc}/{Pid}", recursive: true);
                break;
            case "awake":
                _proc.Process(Pid, "touch", Cgroup, 'R', sigPnd: 0x100, nsPid: "1", pidNamespace: "pid:[4026532001]");
                break;
            case "another":
                _proc.Process(Pid, "touch", Cgroup, 'D', sigPnd: 0x100, nsPid: "1", pidNamespace: "pid:[4026532001]", start: 101);
                break;
        }
        _ledger.RunEnded(Id, _run);
        Assert.Equal(wrong == 1, await Assert.Single(_review.Asked));
        await Eventually.Async(() => (_ledger.Snapshot().EndedSoon, _ledger.Snapshot().WrongRefusals) == (1, wrong));
    }

    [Fact]
    public async Task When_the_tasks_that_told_of_it_have_moved_it_is_looked_at_whole_at_once()
    {
        var time = new SteppedTime();
        var (watch, _, ledger) = Make(time);
        using var its = ledger;
        using var own = watch;
        Stuck();
        await watch.StartAsync(Samples.Cancel);
        Kill(ledger);

        // 1. The first whole look, and a cheap one.
        await time.WaitForAsync(Pause, Gap);
        await PassAsync(Gap);
        await Eventually.Async(() => Evidence() is not null);
        await PassAsync(Pause);
        await PassAsync(Pause);
        Assert.NotNull(Evidence());

        // 2. The thaw: the next cheap look is due within half a second, and the whole one is over a second later.
        _proc.Process(Pid, "touch", Cgroup, 'R', pidNamespace: "pid:[1]");
        time.Advance(Pause);
        await time.WaitForAsync(Pause, Gap);
        Assert.NotNull(Evidence());
        await PassAsync(Gap);
        await Eventually.Async(() => Evidence() is null);
        await watch.StopAsync(Samples.Cancel);

        DateTimeOffset? Evidence() => Assert.Single(ledger.Snapshot().Containers).EvidenceSince;

        // In steps of the watch, each to its end.
        async Task PassAsync(TimeSpan length)
        {
            for (var left = length; left > TimeSpan.Zero; left -= Pause)
            {
                time.Advance(Pause);
                await time.WaitForAsync(Pause);
            }
        }
    }

    private TimeSpan Elapsed => _time.GetUtcNow() - new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private void Stuck() => _proc.Process(
        Pid, "touch", Cgroup, 'D', sigPnd: 0x100, wchan: "percpu_rwsem_wait", nsPid: "1", pidNamespace: "pid:[4026532001]");

    private (EvidenceWatch Watch, Review Review, LedgerKeeper Ledger) Make(TimeProvider time)
    {
        var options = new ProbeOptions { Root = _proc.Root, ScanTimeout = TimeSpan.FromHours(1), ThreadTime = static () => TimeSpan.Zero };
        var prober = new Prober(options, time);
        var review = new Review(new RefusalReview(prober, NullLogger<RefusalReview>.Instance));
        var ledger = new LedgerKeeper(time, GuardPolicies.Default, new Sender(), review, NullGuardObserver.Instance);
        var watch = new EvidenceWatch(
            ledger, prober, options, _index, new StalledStreams(new RestBudget()), new FaultCount(), time, NullLogger<EvidenceWatch>.Instance);
        return (watch, review, ledger);
    }

    private Ticket Kill(LedgerKeeper? ledger = null) => (ledger ?? _ledger).Arrive(
        new TerminatingCall(Operation.Kill, Id, Grace.None, null), new GuardedContainer(Id, "web", IsRunning: true, _run), null);

    // Real threads read the tree meanwhile: the clock goes on in steps that are short against what is measured.
    private Task UntilAsync(Func<bool> condition) => Eventually.Async(condition, () => _time.Advance(TimeSpan.FromMilliseconds(100)));

    private sealed class Sender : IAttemptSender
    {
        public Task<AttemptAnswer> SendAsync(Attempt attempt, Func<bool> mayBeSent) => LedgerRig.Never;
    }

    private sealed class Review(RefusalReview inner) : IRefusalReview
    {
        public List<Task<bool>> Asked { get; } = [];

        public Task<bool> StillWaitAsync(EndedRefusals refusals)
        {
            Asked.Add(inner.StillWaitAsync(refusals));
            return Asked[^1];
        }
    }
}
