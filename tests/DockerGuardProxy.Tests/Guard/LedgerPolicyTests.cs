using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using Xunit;
using static DockerGuardProxy.Tests.Guard.LedgerRig;

namespace DockerGuardProxy.Tests.Guard;

public sealed class LedgerPolicyTests
{
    private static readonly GuardPolicy Off = GuardPolicy.Default with { Mode = GuardMode.Off };

    private static readonly GuardPolicy Observe = GuardPolicy.Default with { Mode = GuardMode.Observe };

    [Fact]
    public void Off_forwards_at_once_whoever_waits_and_was_not_sent()
    {
        using var rig = new LedgerRig { Finds = DState };
        var lead = rig.Kill();
        var joined = Enumerable.Range(0, 20).Select(_ => rig.Kill()).ToArray();
        rig.Advance(13);
        var held = Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? rig.Restart() : rig.Stop(1)).ToArray();
        var late = new LedgerRig();
        late.Kill();
        var joinedLate = late.Kill();
        late.Ledger.Policies = GuardPolicies.All(Off);
        Assert.IsType<Outcome.Unguarded>(OutcomeOf(joinedLate));
        rig.Ledger.Policies = GuardPolicies.All(Off);
        Assert.All(held, ticket => Assert.IsType<Outcome.Unguarded>(OutcomeOf(ticket)));
        Assert.All(joined, ticket => AssertRefused(ticket));
        Assert.Equal(0, rig.Ledger.Snapshot().WaitingCalls);
        rig.NoExitEvent(lead.Own!);
        rig.Advance(400);
        Assert.Single(rig.Sent);
        rig.AssertEmpty();
    }

    [Fact]
    public void Off_leaves_a_sent_call_its_own_answer_and_refuses_nobody()
    {
        using var rig = new LedgerRig { Finds = DState };
        var lead = rig.Kill();
        rig.Advance(5);
        rig.Ledger.Policies = GuardPolicies.All(Off);
        Assert.Empty(rig.Ledger.EvidenceNeeds());
        rig.Advance(600);
        Assert.False(lead.Outcome.IsCompleted);
        rig.Answer(lead, 204);
        AssertAnswered(lead, 204);
    }

    [Fact]
    public void Off_forwards_also_those_who_joined_a_call_of_an_ended_run()
    {
        using var rig = new LedgerRig();
        var lead = rig.Kill();
        var joined = rig.Kill();
        rig.EndRun();
        rig.Ledger.Policies = GuardPolicies.All(Off);
        Assert.IsType<Outcome.Unguarded>(OutcomeOf(joined));
        rig.Answer(lead, 204);
        AssertAnswered(lead, 204);
        rig.AssertEmpty();
    }

    [Fact]
    public void Off_for_one_kind_of_call_forwards_those_alone()
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Kill();
        rig.Advance(13);
        var (stop, kill) = (rig.Stop(1), rig.Kill());
        rig.Ledger.Policies = GuardPolicies.Default with { Each = GuardPolicies.Default.Each.With(Operation.Stop, Off) };
        Assert.IsType<Outcome.Unguarded>(OutcomeOf(stop));
        Assert.False(kill.Outcome.IsCompleted);
        Assert.IsType<Outcome.Unguarded>(OutcomeOf(rig.Stop(1)));
        rig.Advance(5);
        AssertRefused(kill);
    }

    [Fact]
    public void Guarded_again_a_container_is_looked_at_anew()
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Kill();
        rig.Advance(13);
        rig.Ledger.Policies = GuardPolicies.All(Off);
        rig.Advance(60);
        rig.Ledger.Policies = GuardPolicies.Default;
        var joined = rig.Kill();
        Assert.Equal(VerdictKind.Join, joined.First.Kind);
        rig.Advance(11);
        Assert.False(joined.Outcome.IsCompleted);
        rig.Advance(2);
        AssertRefused(joined);
    }

    [Fact]
    public void Observe_sends_whoever_waits_once_and_reports_what_it_would_have_done()
    {
        using var rig = new LedgerRig { Finds = DState };
        var lead = rig.Kill();
        var joined = rig.Kill();
        rig.Advance(5);
        rig.Ledger.Policies = GuardPolicies.All(Observe);
        Assert.Equal([lead.Own!, joined.Own!], rig.Sent);
        Assert.True(joined.Own!.IsByFullId);
        rig.Advance(8);
        Assert.Equal([lead, joined], rig.Events.OfType<GuardEvent.Refused>().Select(refused => refused.Ticket));
        Assert.False(lead.Outcome.IsCompleted || joined.Outcome.IsCompleted);
        rig.Exit();
        AssertAnswered(lead, 204);
        AssertAnswered(joined, 204);
        rig.Advance(62);
        rig.AssertEmpty();
    }

    [Fact]
    public void Observe_sends_held_calls_too()
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Kill();
        rig.Advance(13);
        var held = new[] { rig.Restart(), rig.Restart(), rig.Stop(1), rig.Kill() };
        rig.Ledger.Policies = GuardPolicies.All(Observe);
        Assert.Equal(held.Select(ticket => ticket.Own!), rig.Sent.Skip(1));
        rig.Ledger.Policies = GuardPolicies.Default;
        rig.Advance(600);
        Assert.Equal(5, rig.Sent.Count);
        Assert.All(held, ticket => Assert.False(ticket.Outcome.IsCompleted));
        rig.Exit();
        Assert.All(held[2..], ticket => AssertAnswered(ticket, 204));
    }

    [Fact]
    public void Patience_counts_as_it_is_now()
    {
        using var rig = new LedgerRig { Finds = DState };
        var lead = rig.Kill();
        var joined = rig.Kill();
        rig.Advance(5);
        rig.Ledger.Policies = GuardPolicies.All(GuardPolicy.Default with { Patience = TimeSpan.FromHours(1) });
        rig.Advance(60);
        Assert.False(lead.Outcome.IsCompleted || joined.Outcome.IsCompleted);
        rig.Ledger.Policies = GuardPolicies.Default;
        AssertRefused(lead);
        AssertRefused(joined);
    }

    [Fact]
    public void The_hold_of_a_repeat_counts_as_it_is_now()
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Kill();
        rig.Advance(13);
        var repeat = rig.Kill();
        rig.Ledger.Policies = GuardPolicies.All(GuardPolicy.Default with { RepeatHold = [TimeSpan.FromSeconds(60)] });
        rig.Advance(59);
        Assert.False(repeat.Outcome.IsCompleted);
        rig.Advance(1);
        AssertRefused(repeat);
    }

    [Fact]
    public void More_room_sends_at_once_what_was_held_for_want_of_it()
    {
        using var rig = new LedgerRig();
        rig.Stop(600);
        rig.Stop(600);
        var held = rig.Stop(600, "INT");
        Assert.Equal(VerdictKind.Hold, held.First.Kind);
        rig.Ledger.Policies = GuardPolicies.All(GuardPolicy.Default with { MaxInFlight = 3 });
        Assert.Same(held.Own, rig.Sent[2]);
    }
}
