using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static DockerGuardProxy.Tests.Guard.LedgerRig;

namespace DockerGuardProxy.Tests.Guard;

/// <summary>What is done, and in which order, about what the ledger answers.</summary>
public sealed class LedgerKeeperTests : IDisposable
{
    private static readonly GuardedContainer Container = new("id", "web", true, 1);

    private readonly Engine _engine = new();
    private readonly LedgerKeeper _ledger;

    public LedgerKeeperTests() => _ledger = new(new FakeTimeProvider(), GuardPolicies.Default, _engine, _engine, _engine);

    public void Dispose() => _ledger.Dispose();

    [Fact]
    public void An_answer_is_known_to_the_ledger_before_the_index_and_to_the_index_before_its_caller()
    {
        var removal = Arrive(Operation.Remove);
        var asked = 0;
        _engine.Sent[0].SetResult(new AttemptAnswer(new EngineAnswer(204, default), () =>
        {
            asked++;
            Assert.False(removal.Outcome.IsCompleted);
            Assert.Equal(0, _ledger.Snapshot().OpenCalls);
            // What the index then tells of the same end changes nothing.
            _ledger.RunEnded(Container.Id, 1);
        }));
        Assert.Equal(1, asked);
        AssertAnswered(removal, 204);
        Assert.Empty(_ledger.Snapshot().Containers);
        Assert.DoesNotContain(_engine.Events, happened => happened is GuardEvent.Faulted);
    }

    [Fact]
    public void An_index_that_fails_keeps_the_answer_from_nobody()
    {
        var removal = Arrive(Operation.Remove);
        _engine.Sent[0].SetResult(new AttemptAnswer(new EngineAnswer(204, default), () => throw new InvalidOperationException()));
        AssertAnswered(removal, 204);
        Assert.Single(_engine.Events.OfType<GuardEvent.Faulted>());
    }

    [Fact]
    public void A_sending_that_fails_later_is_lost_and_not_sent_again()
    {
        var kill = Arrive(Operation.Kill);
        var cause = new IOException();
        _engine.Sent[0].SetException(cause);
        Assert.Same(cause, Assert.IsType<Outcome.Lost>(OutcomeOf(kill)).Cause);
        Assert.Single(_engine.Sent);
        Assert.Empty(_ledger.Snapshot().Containers);
    }

    [Fact]
    public async Task Who_looks_for_evidence_is_woken_when_a_container_comes_to_need_it()
    {
        var first = _ledger.WaitForEvidenceNeedAsync(TestContext.Current.CancellationToken);
        Assert.False(first.IsCompleted);
        Arrive(Operation.Kill);
        await first;
        Arrive(Operation.Kill);
        Assert.False(_ledger.WaitForEvidenceNeedAsync(TestContext.Current.CancellationToken).IsCompleted);
    }

    [Fact]
    public void The_ledger_itself_does_nothing_but_say_what_is_to_be_done()
    {
        var ledger = new Ledger(GuardPolicies.Default);
        var at = new Moment(TimeSpan.Zero, DateTimeOffset.UnixEpoch);
        var ticket = new Ticket(new TerminatingCall(Operation.Kill, "web", Grace.None, null), Container, GuardPolicy.Default, null, at.Now);
        var arrival = ledger.Arrive(ticket, at);
        Assert.Equal([ticket.Own!], arrival.Sends.ToArray());
        Assert.IsType<GuardEvent.Decided>(Assert.Single(arrival.Events.ToArray()));
        Assert.True(arrival.NeedsEvidence);

        var answer = ledger.Answered(ticket.Own!, new EngineAnswer(204, default), at);
        Assert.Same(ticket, Assert.Single(answer.Outcomes.ToArray()).Ticket);
        Assert.False(ticket.Outcome.IsCompleted);
        Assert.Empty(ledger.Answered(ticket.Own!, new EngineAnswer(204, default), at).Outcomes.ToArray());
    }

    private Ticket Arrive(Operation operation) =>
        _ledger.Arrive(new TerminatingCall(operation, "web", Grace.None, null), Container, null);

    private sealed class Engine : IAttemptSender, IRefusalReview, IGuardObserver
    {
        public List<TaskCompletionSource<AttemptAnswer>> Sent { get; } = [];

        public List<GuardEvent> Events { get; } = [];

        public Task<AttemptAnswer> SendAsync(Attempt attempt, Func<bool> mayBeSent)
        {
            Sent.Add(new());
            return Sent[^1].Task;
        }

        public Task<bool> StillWaitAsync(EndedRefusals refusals) => Task.FromResult(false);

        public void On(GuardEvent happened) => Events.Add(happened);
    }
}
