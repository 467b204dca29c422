using System.Text;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;
using Xunit;
using static DockerGuardProxy.Tests.Guard.LedgerRig;

namespace DockerGuardProxy.Tests.Guard;

/// <summary>What the ledger knows after a restart of the proxy.</summary>
public sealed class LedgerMemoryTests
{
    [Fact]
    public void Twenty_restarts_in_an_incident_cost_the_engine_no_further_call()
    {
        using var rig = new LedgerRig { Finds = DState };
        var text = BecomeStuck(rig);
        var sent = rig.Sent.Count;
        for (var restart = 0; restart < 20; restart++)
        {
            rig.RestartProxy(engineGivesUp: false);
            var (stop, kill, removal) = (rig.Stop(10), rig.Kill(), rig.Remove());
            rig.Advance(101);
            Assert.All([stop, kill, removal], ticket => Assert.Equal(text, TextOf(ticket)));
            var container = Assert.Single(rig.Ledger.Snapshot().Containers);
            Assert.True(container.IsStuck);
            Assert.Equal(1, container.OpenCalls);
        }

        Assert.Equal(sent, rig.Sent.Count);
        Assert.True(rig.Ledger.HasOpenCalls(rig.Container.Id));
        // It is the same incident: reported once.
        Assert.Single(rig.Events.OfType<GuardEvent.StuckBegan>());
        rig.Exit();
        Assert.Single(rig.Events.OfType<GuardEvent.StuckEnded>());
        rig.Advance(61);
        rig.AssertEmpty();
    }

    [Fact]
    public void Nobody_is_refused_before_the_probe_has_looked()
    {
        using var rig = new LedgerRig { Finds = DState };
        BecomeStuck(rig);
        rig.RestartProxy(engineGivesUp: false);
        rig.Finds = null;
        var stop = rig.Stop(10);
        rig.Advance(20);
        Assert.False(stop.Outcome.IsCompleted);
        rig.Finds = DState;
        rig.Advance(1);
        AssertRefused(stop);
    }

    [Fact]
    public void Beyond_maxWaiting_too_nobody_is_refused_before_the_probe_has_looked()
    {
        using var rig = new LedgerRig(GuardPolicy.Default with { MaxWaitingPerContainer = 2 }) { Finds = DState };
        BecomeStuck(rig);
        rig.RestartProxy(engineGivesUp: false);
        rig.Finds = null;
        var held = Enumerable.Range(0, 4).Select(_ => rig.Kill()).ToArray();
        Assert.All(held, ticket => Assert.False(ticket.Outcome.IsCompleted));
        rig.Finds = DState;
        rig.Advance(101);
        Assert.All(held, ticket => AssertRefused(ticket));
    }

    [Fact]
    public void What_nobody_can_look_at_holds_nobody_for_long()
    {
        using var rig = new LedgerRig { Finds = DState };
        BecomeStuck(rig);
        var sent = rig.Sent.Count;
        rig.RestartProxy(engineGivesUp: false);
        rig.Finds = null;
        rig.Kill();
        Assert.Equal(sent, rig.Sent.Count);
        rig.Advance(31);
        Assert.Equal(sent + 1, rig.Sent.Count);
    }

    [Theory]
    [InlineData(nameof(DiagnosisKind.Alive))]
    [InlineData(nameof(DiagnosisKind.CannotTell))]
    [InlineData(nameof(DiagnosisKind.DState))]
    public void Evidence_that_is_gone_at_the_first_look_counts_no_more(string found)
    {
        var kind = Enum.Parse<DiagnosisKind>(found);
        using var rig = new LedgerRig { Finds = DState };
        BecomeStuck(rig);
        rig.RestartProxy(engineGivesUp: false);
        var stop = rig.Stop(10);
        var sent = rig.Sent.Count;
        // The same pid, but another task.
        rig.Finds = kind == DiagnosisKind.DState ? DState with { Tasks = [DState.Tasks[0] with { Start = 100 }] } : new Diagnosis(kind, []);
        rig.Advance(1);
        Assert.Equal(sent + 1, rig.Sent.Count);
        Assert.Same(stop, rig.Sent[^1].Ticket);
        Assert.True(rig.Sent[^1].IsByFullId);
        rig.Exit();
        AssertAnswered(stop, 204);
    }

    [Fact]
    public void A_run_that_has_ended_meanwhile_is_forgotten()
    {
        using var rig = new LedgerRig { Finds = DState };
        BecomeStuck(rig);
        rig.RestartProxy(engineGivesUp: false);
        rig.EndRun();
        rig.StartRun();
        var sent = rig.Sent.Count;
        rig.Stop(10);
        Assert.Equal(sent + 1, rig.Sent.Count);
        rig.Exit();
        rig.Advance(61);
        rig.AssertEmpty();
    }

    [Fact]
    public void Another_engine_is_met_with_nothing_open()
    {
        using var rig = new LedgerRig { Finds = DState };
        BecomeStuck(rig);
        rig.RestartProxy(engineGivesUp: false);
        rig.Ledger.EngineRestarted();
        var sent = rig.Sent.Count;
        rig.Kill();
        Assert.Equal(sent + 1, rig.Sent.Count);
    }

    [Fact]
    public void Back_off_goes_on_where_it_was()
    {
        using var rig = new LedgerRig { Finds = DState, GivesUpAfter = TimeSpan.FromSeconds(4) };
        rig.Stop(1);
        rig.Advance(14);
        Assert.Equal(rig.Sent.Count, rig.Sent.Count(attempt => !rig.Open.Contains(attempt)));
        var left = rig.Ledger.Snapshot().Containers.Single().BackoffLeft!.Value;
        var level = rig.Ledger.Remember().Single().BackoffLevel;
        rig.RestartProxy(engineGivesUp: true);
        Assert.Equal(left, rig.Ledger.Snapshot().Containers.Single().BackoffLeft);
        Assert.Equal(level, rig.Ledger.Remember().Single().BackoffLevel);
        var sent = rig.Sent.Count;
        var callers = Enumerable.Range(0, 20).Select(_ => rig.Kill()).ToArray();
        rig.Advance(left.TotalSeconds - 1);
        Assert.Equal(sent, rig.Sent.Count);
        rig.Kill();
        rig.Advance(1);
        Assert.Equal(sent + 1, rig.Sent.Count);
        Assert.All(callers, caller => Assert.True(caller.Outcome.IsCompleted));
    }

    [Fact]
    public void A_call_whose_end_nobody_heard_costs_a_pause_where_the_engine_gives_up()
    {
        using var rig = new LedgerRig { Finds = DState };
        BecomeStuck(rig);
        rig.RestartProxy(engineGivesUp: true);
        var container = rig.Ledger.Snapshot().Containers.Single();
        Assert.Equal(0, container.OpenCalls);
        Assert.Equal(GuardPolicy.Default.BackoffAt(0), container.BackoffLeft);
    }

    [Fact]
    public void Before_patience_is_over_inherited_calls_take_their_places()
    {
        using var rig = new LedgerRig { Finds = DState };
        var lead = rig.Stop(0);
        rig.Stop(0);
        rig.Kill();
        rig.Advance(3);
        var sent = rig.Sent.Count;
        rig.RestartProxy(engineGivesUp: false);
        Assert.IsType<Outcome.TurnedAway>(OutcomeOf(lead));
        Assert.Equal(sent, rig.Ledger.Snapshot().Containers.Single().OpenCalls);
        var restart = rig.Restart();
        Assert.Equal(sent >= GuardPolicy.Default.MaxInFlight ? sent : sent + 1, rig.Sent.Count);
        rig.Advance(9);
        AssertRefused(restart);
    }

    [Fact]
    public void What_has_no_evidence_is_not_remembered()
    {
        using var rig = new LedgerRig { Finds = Alive };
        rig.Stop(1);
        rig.Advance(30);
        Assert.Empty(rig.Ledger.Remember());
        rig.Finds = new Diagnosis(DiagnosisKind.ExitLost, []);
        rig.Advance(30);
        // No task names the run.
        Assert.Empty(rig.Ledger.Remember());
    }

    [Fact]
    public void Callers_whose_call_was_not_sent_are_turned_away_at_once()
    {
        using var rig = new LedgerRig();
        var (lead, joined) = (rig.Stop(5), rig.Stop(5));
        var third = rig.Stop(5);
        var restart = rig.Restart();
        Assert.Equal(2, rig.Sent.Count);
        rig.Ledger.TurnAway(all: false);
        Assert.IsType<Outcome.TurnedAway>(OutcomeOf(third));
        Assert.IsType<Outcome.TurnedAway>(OutcomeOf(restart));
        Assert.All([lead, joined], ticket => Assert.False(ticket.Outcome.IsCompleted));
        // One that comes now, on a connection that is still open.
        Assert.IsType<Outcome.TurnedAway>(OutcomeOf(rig.Stop(5)));
        rig.Answer(lead, 204);
        AssertAnswered(lead, 204);
        rig.Ledger.TurnAway(all: true);
        Assert.IsType<Outcome.TurnedAway>(OutcomeOf(joined));
        Assert.Equal((1, 0), (rig.Ledger.Snapshot().OpenCalls, rig.Ledger.Snapshot().WaitingCalls));
        rig.Answer(joined, 204);
        rig.Advance(61);
        rig.AssertEmpty();
    }

    private static string BecomeStuck(LedgerRig rig)
    {
        var lead = rig.Stop(1);
        rig.Advance(14);
        return TextOf(lead);
    }

    private static string TextOf(Ticket ticket) => Encoding.UTF8.GetString(AssertRefused(ticket).Body.Span);
}
