using System.Text;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;
using Xunit;
using static DockerGuardProxy.Tests.Guard.LedgerRig;

namespace DockerGuardProxy.Tests.Guard;

/// <summary>When evidence makes the ledger refuse, where what holds the container changes, and what an end proves about refusals.</summary>
public sealed class LedgerEvidenceTests
{
    [Fact]
    public void While_what_told_of_it_is_gone_nobody_is_refused()
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Kill();
        rig.Advance(12);
        var held = rig.Kill();
        rig.Finds = null;
        rig.Advance(4);
        Assert.False(held.Outcome.IsCompleted);
        rig.Ledger.Doubt(Assert.Single(rig.Ledger.EvidenceNeeds()));

        // Its hold of 5 s is over, and the report is not: the next one decides.
        rig.Advance(2);
        Assert.False(held.Outcome.IsCompleted);
        rig.Finds = DState;
        rig.Advance(1);
        AssertRefused(held);
    }

    private static readonly Diagnosis ExitLost = new(DiagnosisKind.ExitLost, []);
    private static readonly Diagnosis Frozen = new(DiagnosisKind.Frozen, DState.Tasks);
    private static readonly Diagnosis Another = DState with { Tasks = [DState.Tasks[0] with { Pid = 78, Tid = 78 }] };

    public static TheoryData<string> Changes { get; } = ["exit lost", "frozen", "another task"];

    [Theory]
    [InlineData(5)]
    [InlineData(10)]
    public void Whoever_waits_when_the_last_task_goes_gets_the_engines_own_answer(int thaw)
    {
        using var rig = new LedgerRig { Finds = DState };
        Ticket[] waiting = [rig.Stop(1), rig.Kill(), rig.Kill(), rig.Restart(1)];
        rig.Advance(thaw);
        rig.Finds = ExitLost;
        rig.Advance(39);
        Assert.DoesNotContain(true, waiting.Select(ticket => ticket.Outcome.IsCompleted));
        Assert.Empty(rig.Events.OfType<GuardEvent.Refused>());
        rig.Exit();
        foreach (var restart in rig.Open.ToArray())
            rig.Answer(restart, 204);
        Assert.All(waiting, ticket => Assert.Equal(204, Assert.IsType<Outcome.Answered>(OutcomeOf(ticket)).Answer.Status));
        Assert.Empty(rig.Events.OfType<GuardEvent.StuckBegan>());
    }

    [Fact]
    public void A_repeat_that_waits_when_the_last_task_goes_is_not_refused_at_the_end_of_its_hold()
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Stop(1);
        rig.Advance(13);
        var repeat = rig.Kill();
        rig.Advance(3);
        rig.Finds = ExitLost;
        rig.Advance(1);
        Assert.Single(rig.Events.OfType<GuardEvent.StuckEnded>());
        Assert.False(Assert.Single(rig.Ledger.Snapshot().Containers).IsStuck);
        rig.Advance(36);
        Assert.False(repeat.Outcome.IsCompleted);
        rig.Exit();
        Assert.Equal(204, Assert.IsType<Outcome.Answered>(OutcomeOf(repeat)).Answer.Status);
    }

    [Fact]
    public void By_a_lost_exit_callers_are_refused_40_s_after_no_task_was_first_seen()
    {
        using var rig = new LedgerRig { Finds = DState };
        var first = rig.Stop(1);
        rig.Advance(8);
        rig.Finds = ExitLost;
        rig.Advance(1);
        var since = rig.Time.GetUtcNow();
        Assert.Equal(since, Assert.Single(rig.Ledger.Snapshot().Containers).EvidenceSince);
        rig.Advance(39);
        Assert.False(first.Outcome.IsCompleted);
        rig.Advance(1);
        var text = Encoding.UTF8.GetString(AssertRefused(first).Body.Span);
        Assert.Contains("has no task left since 2026-03-01T08:00:09Z: ", text, StringComparison.Ordinal);
        Assert.Equal(since, Assert.Single(rig.Events.OfType<GuardEvent.StuckBegan>()).Since);
        // Repeats are told soon again, by the same bytes.
        var repeat = rig.Kill();
        rig.Advance(5);
        Assert.Equal(text, Encoding.UTF8.GetString(AssertRefused(repeat).Body.Span));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_change_of_what_holds_the_container_begins_its_own_patience(string to)
    {
        using var rig = new LedgerRig { Finds = DState };
        var stop = rig.Stop(1);
        rig.Advance(10);
        rig.Finds = Report(to);
        rig.Advance(1);
        var patience = to == "exit lost" ? 40 : 11;
        rig.Advance(patience - 1);
        Assert.False(stop.Outcome.IsCompleted);
        rig.Advance(1);
        AssertRefused(stop);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_change_ends_back_off_and_lets_one_call_through(string to)
    {
        using var rig = new LedgerRig { Finds = DState, GivesUpAfter = TimeSpan.FromSeconds(14) };
        rig.Stop(1);
        rig.Advance(20);
        var held = Enumerable.Range(0, 20).Select(_ => rig.Kill()).ToArray();
        Assert.Single(rig.Sent);
        rig.Finds = Report(to);
        rig.Advance(1);
        Assert.Equal(2, rig.Sent.Count);
        Assert.True(rig.Sent[1].IsByFullId);
        rig.Exit();
        Assert.All(held, ticket => Assert.Equal(204, Assert.IsType<Outcome.Answered>(OutcomeOf(ticket)).Answer.Status));
    }

    [Fact]
    public void Calls_of_an_earlier_process_stay_open_over_a_change_as_the_run_goes_on()
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Stop(1);
        rig.Advance(14);
        rig.RestartProxy(engineGivesUp: false);
        rig.Advance(1);
        rig.Finds = ExitLost;
        rig.Advance(1);
        Assert.Equal(1, Assert.Single(rig.Ledger.Snapshot().Containers).OpenCalls);
    }

    [Fact]
    public void Evidence_that_would_have_made_it_stuck_while_the_proxy_was_down_waits_for_the_first_look()
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Stop(1);
        rig.Advance(5);
        rig.RestartProxy(engineGivesUp: false, downFor: 30);
        Assert.Empty(rig.Events.OfType<GuardEvent.Faulted>());
        Assert.False(Assert.Single(rig.Ledger.Snapshot().Containers).Diagnosis is null);
        Assert.Empty(rig.Events.OfType<GuardEvent.StuckBegan>());
        rig.Advance(1);
        Assert.Single(rig.Events.OfType<GuardEvent.StuckBegan>());
    }

    [Fact]
    public void An_exit_that_an_earlier_process_saw_lost_keeps_its_time()
    {
        var zombie = ExitLost with { Tasks = [DState.Tasks[0] with { State = 'Z' }] };
        using var rig = new LedgerRig { Finds = zombie };
        rig.Stop(0);
        rig.Advance(20);
        rig.RestartProxy(engineGivesUp: false);
        var stop = rig.Stop(0);
        rig.Advance(20);
        Assert.False(stop.Outcome.IsCompleted);
        rig.Advance(1);
        AssertRefused(stop);
    }

    [Fact]
    public void Who_is_decided_about_at_the_end_of_the_run_still_hears_what_held_it()
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Stop(1);
        rig.Advance(13);
        var held = rig.Kill();
        rig.EndRun();
        var last = rig.Events.OfType<GuardEvent.Decided>().Last(decided => decided.Ticket == held);
        Assert.Equal((Reason.RunEnded, DState), (last.Verdict.Reason, last.Diagnosis));
    }

    [Fact]
    public void A_thaw_makes_no_refusal_wrong()
    {
        using var rig = new LedgerRig { Finds = DState };
        var told = Enumerable.Range(0, 13).Select(_ => rig.Stop(1)).ToArray();
        rig.Advance(13);
        Assert.All(told, ticket => AssertRefused(ticket));
        rig.Exit();
        Assert.Equal((13, 13, 0), Counts(rig));
        Assert.Equal(
            [(Operation.Stop, 13)], rig.Events.OfType<GuardEvent.EndedSoonAfterRefusals>().Select(ended => (ended.Operation, ended.Count)));
        Assert.Equal(DState.Tasks, Assert.Single(rig.Reviews).Named);
    }

    [Fact]
    public void A_container_that_ends_while_the_named_tasks_still_wait_makes_its_refusals_wrong()
    {
        using var rig = new LedgerRig { Finds = DState, NamedStillWait = true };
        rig.Stop(1);
        rig.Kill();
        rig.Advance(13);
        rig.Exit();
        Assert.Equal((2, 2, 2), Counts(rig));
        Assert.Equal(
            [(Operation.Stop, 1), (Operation.Kill, 1)],
            rig.Events.OfType<GuardEvent.RefusalsProvedWrong>().Select(wrong => (wrong.Operation, wrong.Count)));
    }

    [Fact]
    public void Each_refusal_is_reviewed_by_the_tasks_that_it_named()
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Stop(1);
        rig.Advance(13);
        rig.Finds = Another;
        rig.Advance(1);
        rig.Kill();
        rig.Advance(14);
        rig.Exit();
        Assert.Equal([DState.Tasks[0], Another.Tasks[0]], rig.Reviews.Select(refusals => Assert.Single(refusals.Named)));
        Assert.All(rig.Reviews, refusals => Assert.Equal(1, Assert.Single(refusals.Counts).Count));
    }

    [Fact]
    public void Of_a_refusal_that_named_no_task_only_the_soon_end_can_be_told()
    {
        using var rig = new LedgerRig { Finds = ExitLost, NamedStillWait = true };
        rig.Stop(1);
        rig.Advance(42);
        Assert.Single(rig.Events.OfType<GuardEvent.Refused>());
        rig.Exit();
        Assert.Equal((1, 1, 0), Counts(rig));
        Assert.Empty(rig.Reviews);
    }

    [Fact]
    public void An_end_a_minute_after_the_refusal_tells_nothing()
    {
        using var rig = new LedgerRig { Finds = DState, NamedStillWait = true };
        rig.Stop(1);
        rig.Advance(13);
        rig.Advance(61);
        rig.Exit();
        Assert.Equal((1, 0, 0), Counts(rig));
    }

    private static Diagnosis Report(string name) => name switch
    {
        "exit lost" => ExitLost,
        "frozen" => Frozen,
        _ => Another,
    };

    private static (long Refused, long EndedSoon, long Wrong) Counts(LedgerRig rig)
    {
        var snapshot = rig.Ledger.Snapshot();
        return (snapshot.Refusals, snapshot.EndedSoon, snapshot.WrongRefusals);
    }
}
