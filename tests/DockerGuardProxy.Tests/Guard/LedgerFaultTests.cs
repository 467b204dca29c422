using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using Xunit;
using static DockerGuardProxy.Tests.Guard.LedgerRig;

namespace DockerGuardProxy.Tests.Guard;

public sealed class LedgerFaultTests
{
    [Fact]
    public void A_fault_about_one_container_leaves_every_other_its_callers_and_evidence()
    {
        using var rig = new LedgerRig { Finds = DState };
        var other = Other(rig);
        var (lead, joined) = (rig.Kill(), rig.Kill());
        var (otherLead, otherJoined) = (Kill(rig, other), Kill(rig, other));
        rig.Advance(5);
        Fail(rig, rig.Container);
        Assert.IsType<Outcome.Unguarded>(OutcomeOf(joined));
        Assert.False(lead.Outcome.IsCompleted || otherLead.Outcome.IsCompleted || otherJoined.Outcome.IsCompleted);
        var left = Assert.Single(rig.Ledger.Snapshot().Containers);
        Assert.Equal((other.Id, 1), (left.Container.Id, left.WaitingCalls));
        Assert.NotNull(left.EvidenceSince);
        Assert.Equal(1, rig.Ledger.Snapshot().WaitingCalls);
        Assert.Single(rig.Events.OfType<GuardEvent.Faulted>());
        rig.Advance(8);
        AssertRefused(otherLead);
        AssertRefused(otherJoined);
        rig.Answer(lead, 204);
        AssertAnswered(lead, 204);
        Assert.Equal(2, rig.Sent.Count);
    }

    [Fact]
    public void The_calls_of_a_container_with_a_fault_pass_until_its_run_ends()
    {
        using var rig = new LedgerRig { Finds = DState };
        Fault(rig);
        Assert.IsType<Outcome.Unguarded>(OutcomeOf(rig.Kill()));
        var call = new TerminatingCall(Operation.Kill, "web", Grace.None, null);
        Assert.IsType<Outcome.Unguarded>(OutcomeOf(rig.Ledger.TryArrive(call, rig.Container, null, isConfirmed: false)!));
        Assert.Single(rig.Sent);
        rig.EndRun();
        rig.StartRun();
        Assert.NotNull(rig.Kill().Own);
        Assert.Equal(VerdictKind.Join, rig.Kill().First.Kind);
    }

    [Fact]
    public void A_call_that_knows_of_a_newer_run_is_guarded_again()
    {
        using var rig = new LedgerRig { Finds = DState };
        Fault(rig);
        rig.Container = rig.Container with { Run = 2 };
        Assert.NotNull(rig.Kill().Own);
    }

    [Fact]
    public void The_calls_of_a_container_with_a_fault_pass_for_five_minutes_at_most()
    {
        using var rig = new LedgerRig { Finds = DState };
        Fault(rig);
        rig.Answer(rig.Sent[0], 204);
        rig.Advance(299);
        Assert.IsType<Outcome.Unguarded>(OutcomeOf(rig.Kill()));
        rig.Advance(1);
        Assert.NotNull(rig.Kill().Own);
        rig.Exit();
        rig.Advance(62);
        rig.AssertEmpty();
    }

    [Fact]
    public void A_fault_at_a_deadline_leaves_the_others_theirs()
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Container = rig.Container with { Name = null! };
        var faulty = rig.Kill();
        var joined = rig.Kill();
        var (same, later) = (Other(rig), Other(rig) with { Id = "later" });
        var atOnce = Kill(rig, same);
        rig.Advance(3);
        var soon = Kill(rig, later);
        rig.Advance(10);
        Assert.IsType<Outcome.Unguarded>(OutcomeOf(joined));
        Assert.False(faulty.Outcome.IsCompleted);
        AssertRefused(atOnce);
        rig.Advance(3);
        AssertRefused(soon);
    }

    [Fact]
    public void The_places_of_callers_that_a_fault_forwarded_are_returned_once()
    {
        using var rig = new LedgerRig(GuardPolicy.Default with { MaxWaitingOnNode = 2 }) { Finds = DState };
        var other = Other(rig);
        Kill(rig, other);
        rig.Kill();
        rig.Advance(13);
        var held = rig.Kill();
        var ofOther = Kill(rig, other);
        Fail(rig, rig.Container);
        rig.Ledger.CallerLeft(held);
        rig.Ledger.CallerLeft(held);
        Assert.Equal(1, rig.Ledger.Snapshot().WaitingCalls);
        Assert.False(Kill(rig, other).Outcome.IsCompleted);
        AssertRefused(Kill(rig, other));
        rig.Ledger.CallerLeft(ofOther);
        Assert.Equal(1, rig.Ledger.Snapshot().WaitingCalls);
    }

    [Fact]
    public void An_engine_that_refuses_every_connection_at_once_ends_no_thread_however_many_have_joined()
    {
        // Each failed call hands the lead on to the next: one inside the other, they would need a stack as deep as the callers are many.
        var sender = new LosingSender();
        using var rig = new LedgerRig();
        using var ledger = new LedgerKeeper(TimeProvider.System, GuardPolicies.Default, sender, rig, NullGuardObserver.Instance);
        var container = new GuardedContainer("id", "x", true, 1);
        var tickets = Enumerable.Range(0, 400)
            .Select(_ => ledger.Arrive(new TerminatingCall(Operation.Kill, "x", Grace.None, null), container, null)).ToArray();
        sender.Loses = true;
        var thread = new Thread(() => ledger.Lost(sender.Kept!, null), 128 << 10);
        thread.Start();
        thread.Join();
        Assert.All(tickets, ticket => Assert.IsType<Outcome.Lost>(OutcomeOf(ticket)));
        Assert.Equal(400, sender.Count);
        Assert.Empty(ledger.Snapshot().Containers);
    }

    private static GuardedContainer Other(LedgerRig rig) => rig.Container with { Id = "other", Name = "other" };

    private static Ticket Kill(LedgerRig rig, GuardedContainer container) => rig.Arrive(Operation.Kill, Grace.None, container: container);

    private static void Fault(LedgerRig rig)
    {
        rig.Kill();
        Fail(rig, rig.Container);
    }

    /// <summary>A report that can't be: taking it in fails.</summary>
    private static void Fail(LedgerRig rig, GuardedContainer container) =>
        rig.Ledger.Evidence(rig.Ledger.EvidenceNeeds().Single(need => need.Id == container.Id), null!);

    private sealed class LosingSender : IAttemptSender
    {
        public bool Loses { get; set; }

        public Attempt? Kept { get; private set; }

        public int Count { get; private set; }

        public Task<AttemptAnswer> SendAsync(Attempt attempt, Func<bool> mayBeSent)
        {
            Count++;
            if (Loses)
                return Task.FromException<AttemptAnswer>(new IOException());
            Kept = attempt;
            return Never;
        }
    }
}
