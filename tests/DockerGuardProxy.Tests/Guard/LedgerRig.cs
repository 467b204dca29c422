using System.Text;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Guard;

/// <summary>A ledger with an engine, a probe and a clock that the test moves.</summary>
internal sealed class LedgerRig : IAttemptSender, IRefusalReview, IGuardObserver, IDisposable
{
    public static readonly Diagnosis DState = new(
        DiagnosisKind.DState, [new StuckTask(77, 77, 9, "touch", 'D', "percpu_rwsem_wait", "ext4 /dev/loop0")]);

    public static readonly Diagnosis Alive = new(DiagnosisKind.Alive, []);

    public static readonly Diagnosis CannotTell = new(DiagnosisKind.CannotTell, []);

    /// <summary>What a sender returns that tells nothing by itself.</summary>
    public static readonly Task<AttemptAnswer> Never = new TaskCompletionSource<AttemptAnswer>().Task;

    private readonly HashSet<Attempt> _over = [];

    private readonly GuardPolicies _policies;

    public LedgerRig(GuardPolicy? policy = null)
    {
        _policies = GuardPolicies.All(policy ?? GuardPolicy.Default);
        Ledger = new LedgerKeeper(new Clock(this), _policies, this, this, this);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));

    /// <summary>How far the wall clock has jumped from the time that really goes by.</summary>
    public TimeSpan Jump { get; set; }

    public LedgerKeeper Ledger { get; private set; }

    /// <summary>Every attempt, in the order of sending.</summary>
    public List<Attempt> Sent { get; } = [];

    public List<GuardEvent> Events { get; } = [];

    /// <summary>Hears of the events too.</summary>
    public IGuardObserver? Observer { get; set; }

    /// <summary>What the ledger wants to be looked at after an end.</summary>
    public List<EndedRefusals> Reviews { get; } = [];

    /// <summary>What such a look finds: all named tasks still wait.</summary>
    public bool NamedStillWait { get; set; }

    public IEnumerable<Attempt> Open => Sent.Where(attempt => !_over.Contains(attempt));

    /// <summary>What the probe finds whenever it is asked; null: it does not report.</summary>
    public Diagnosis? Finds { get; set; }

    /// <summary>How long after its SIGKILL an attempt ends without an exit event; null on an engine that never answers.</summary>
    public TimeSpan? GivesUpAfter { get; set; }

    public GuardedContainer Container { get; set; } = new("c1".PadRight(64, '0'), "web", true, 1, TimeSpan.FromSeconds(10), "");

    public TimeSpan Elapsed => Time.GetUtcNow() - new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    public Ticket Stop(double t, string? signal = null) => Arrive(Operation.Stop, Grace.After(TimeSpan.FromSeconds(t)), signal);

    public Ticket Restart(double t = 10) => Arrive(Operation.Restart, Grace.After(TimeSpan.FromSeconds(t)));

    public Ticket Kill() => Arrive(Operation.Kill, Grace.None);

    public Ticket Remove() => Arrive(Operation.Remove, Grace.None);

    public Ticket Arrive(Operation operation, Grace grace, string? signal = null, GuardedContainer? container = null) =>
        Ledger.Arrive(new TerminatingCall(operation, "web", grace, signal), container ?? Container, null);

    public void Answer(Ticket lead, int status, string body = "") => Answer(lead.Own!, status, body);

    public void Answer(Attempt attempt, int status, string body = "")
    {
        _over.Add(attempt);
        Ledger.Answered(attempt, new EngineAnswer(status, Encoding.UTF8.GetBytes(body)));
    }

    public void NoExitEvent(Attempt attempt) =>
        Answer(attempt, 500, """{"message":"cannot stop container: web: tried to kill container, but did not receive an exit event"}""");

    public void Lose(Attempt attempt)
    {
        _over.Add(attempt);
        Ledger.Lost(attempt, new IOException("gone"));
    }

    /// <summary>The proxy is restarted: another process, to which nobody tells what the engine answers to the first one's calls.</summary>
    public void RestartProxy(bool engineGivesUp, double downFor = 0)
    {
        Ledger.TurnAway(all: true);
        var remembered = Ledger.Remember();
        Ledger.Dispose();
        _over.UnionWith(Sent);
        Time.Advance(TimeSpan.FromSeconds(downFor));
        Ledger = new LedgerKeeper(new Clock(this), _policies, this, this, this);
        Ledger.Restore(remembered, engineGivesUp);
    }

    /// <summary>The event of the run's end comes.</summary>
    public void EndRun()
    {
        Container = Container with { IsRunning = false };
        Ledger.RunEnded(Container.Id, Container.Run);
    }

    /// <summary>The event of a run's beginning comes.</summary>
    public void StartRun()
    {
        Container = Container with { IsRunning = true, Run = Container.Run + 1 };
        Ledger.RunStarted(Container.Id, Container.Run);
    }

    /// <summary>The container exits: the event comes, then every open call of it is answered 204.</summary>
    public void Exit()
    {
        var open = Open.Where(attempt => attempt.Ticket.Container?.Id == Container.Id && attempt.Ticket.Call.Operation != Operation.Restart)
            .ToArray();
        EndRun();
        foreach (var attempt in open)
            Answer(attempt, 204);
    }

    /// <summary>Moves the clock, a second at a time: the probe reports and the engine gives up as they would.</summary>
    public void Advance(double seconds)
    {
        for (var left = seconds; left > 0; left -= 1)
        {
            Time.Advance(TimeSpan.FromSeconds(Math.Min(left, 1)));
            if (GivesUpAfter is { } after)
            {
                foreach (var attempt in Open.Where(attempt => attempt.KillAt.IsDue(Elapsed - after)).ToArray())
                    NoExitEvent(attempt);
            }
            if (Finds is { } diagnosis)
            {
                foreach (var need in Ledger.EvidenceNeeds())
                    Ledger.Evidence(need, diagnosis);
            }
        }
    }

    /// <summary>What the caller was told; null as long as it waits.</summary>
    public static Outcome? OutcomeOf(Ticket ticket) => ticket.Outcome.IsCompleted ? ticket.Outcome.Result : null;

    public static void AssertCopied(Ticket ticket, int status, Ticket lead)
    {
        var answered = Assert.IsType<Outcome.Answered>(OutcomeOf(ticket));
        Assert.Equal(status, answered.Answer.Status);
        Assert.Same(lead.Own, answered.Lead);
        Assert.Null(ticket.Own);
    }

    public static void AssertAnswered(Ticket ticket, int status)
    {
        var answered = Assert.IsType<Outcome.Answered>(OutcomeOf(ticket));
        Assert.Equal(status, answered.Answer.Status);
        Assert.Null(answered.Lead);
    }

    public static Refusal AssertRefused(Ticket ticket)
    {
        return Assert.IsType<Outcome.Refused>(OutcomeOf(ticket)).Refusal;
    }

    public void AssertEmpty()
    {
        var snapshot = Ledger.Snapshot();
        Assert.Equal((0, 0), (snapshot.OpenCalls, snapshot.WaitingCalls));
        Assert.Empty(snapshot.Containers);
        Assert.Empty(Ledger.EvidenceNeeds());
    }

    /// <summary>The test itself tells the ledger of answers, and of an attempt that is lost.</summary>
    public Task<AttemptAnswer> SendAsync(Attempt attempt, Func<bool> mayBeSent)
    {
        Sent.Add(attempt);
        return Never;
    }

    public Task<bool> StillWaitAsync(EndedRefusals refusals)
    {
        Reviews.Add(refusals);
        return Task.FromResult(NamedStillWait);
    }

    public void On(GuardEvent happened)
    {
        Events.Add(happened);
        Observer?.On(happened);
    }

    public void Dispose() => Ledger.Dispose();

    private sealed class Clock(LedgerRig rig) : TimeProvider
    {
        public override long TimestampFrequency => rig.Time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => rig.Time.GetUtcNow() + rig.Jump;

        public override long GetTimestamp() => rig.Time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            rig.Time.CreateTimer(callback, state, dueTime, period);
    }
}
