using System.Text;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;
using Xunit;
using static DockerGuardProxy.Tests.Guard.LedgerRig;

namespace DockerGuardProxy.Tests.Guard;

public sealed class LedgerTests
{
    [Fact]
    public void Nine_hundred_impatient_stops_of_a_stuck_container_cost_the_engine_two_calls()
    {
        using var rig = new LedgerRig { Finds = DState };
        for (var i = 0; i < 900; i++)
        {
            var ticket = rig.Stop(1);
            rig.Advance(4);
            rig.Ledger.CallerLeft(ticket);
        }
        Assert.InRange(rig.Sent.Count, 1, GuardPolicy.Default.MaxInFlight);
        Assert.Equal(0, rig.Ledger.Snapshot().WaitingCalls);
    }

    [Fact]
    public void Nine_hundred_stops_at_once_cost_the_engine_two_calls_and_are_all_told()
    {
        using var rig = new LedgerRig { Finds = DState };
        var tickets = Enumerable.Range(0, 900).Select(_ => rig.Stop(1)).ToArray();
        rig.Advance(14);
        Assert.Equal(2, rig.Sent.Count);
        Assert.All(tickets, ticket => AssertRefused(ticket));
    }

    [Fact]
    public void A_mix_of_calls_on_a_stuck_container_costs_what_the_rows_allow()
    {
        using var rig = new LedgerRig { Finds = DState };
        for (var i = 0; i < 900; i++)
        {
            var ticket = (i % 4) switch { 0 => rig.Stop(1), 1 => rig.Kill(), 2 => rig.Restart(1), _ => rig.Remove() };
            rig.Advance(4);
            rig.Ledger.CallerLeft(ticket);
        }
        // Stop, kill (sooner), and the forced removal that came before the container was stuck.
        Assert.InRange(rig.Sent.Count, 1, 4);
    }

    [Fact]
    public void The_patient_caller_is_told_at_patience_and_its_call_stays_open()
    {
        using var rig = new LedgerRig { Finds = DState };
        var lead = rig.Stop(5);
        var joined = rig.Stop(7);
        rig.Advance(5);
        rig.Ledger.Evidence(rig.Ledger.EvidenceNeeds().Single(), DState);
        rig.Advance(10);
        Assert.False(lead.Outcome.IsCompleted);
        rig.Advance(1);
        Assert.Equal(TimeSpan.FromSeconds(16), rig.Elapsed);
        Assert.Equal(
            "container web (c10000000000) cannot be ended by SIGKILL since 2026-03-01T08:00:05Z: pid 77 (touch) at percpu_rwsem_wait "
            + "on ext4 /dev/loop0 in D state; mend or detach what it waits for, or reboot; more kills change nothing",
            Encoding.ASCII.GetString(AssertRefused(lead).Body.Span)[12..^2]);
        AssertRefused(joined);
        Assert.Equal(2, rig.Ledger.Snapshot().OpenCalls);
        Assert.Single(rig.Events.OfType<GuardEvent.StuckBegan>());
    }

    [Fact]
    public void Evidence_counts_from_the_first_sample_but_not_from_before_SIGKILL()
    {
        using var rig = new LedgerRig();
        var lead = rig.Stop(5);
        rig.Advance(6);
        rig.Ledger.Evidence(rig.Ledger.EvidenceNeeds().Single(), DState, TimeSpan.FromSeconds(3));
        rig.Finds = DState;
        rig.Advance(9.5);
        Assert.False(lead.Outcome.IsCompleted);
        rig.Advance(0.5);
        AssertRefused(lead);
    }

    [Fact]
    public void Repeats_are_held_longer_each_time_and_read_the_same_bytes()
    {
        using var rig = new LedgerRig { Finds = DState };
        var first = rig.Stop(1);
        rig.Advance(13);
        var text = AssertRefused(first).Body.ToArray();
        foreach (var hold in new[] { 5, 30, 100, 100 })
        {
            var repeat = rig.Stop(1);
            rig.Advance(hold - 0.5);
            Assert.False(repeat.Outcome.IsCompleted);
            rig.Advance(0.5);
            Assert.Equal(text, AssertRefused(repeat).Body.ToArray());
            rig.Advance(10);
        }
        Assert.Single(rig.Sent);
    }

    [Fact]
    public void A_wave_of_repeats_counts_once()
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Stop(1);
        rig.Advance(13);
        var wave = Enumerable.Range(0, 50).Select(_ => rig.Kill()).ToArray();
        rig.Advance(5);
        Assert.All(wave, ticket => AssertRefused(ticket));
        var next = rig.Kill();
        rig.Advance(29);
        Assert.False(next.Outcome.IsCompleted);
        rig.Advance(1);
        AssertRefused(next);
    }

    [Fact]
    public void Thaw_answers_whoever_waits_and_leaves_nothing()
    {
        using var rig = new LedgerRig { Finds = DState };
        var lead = rig.Stop(1);
        rig.Advance(13);
        var held = new[] { rig.Stop(1), rig.Kill(), rig.Stop(30, "INT") };
        rig.Exit();
        Assert.All(held, ticket => AssertCopied(ticket, 204, lead));
        Assert.Single(rig.Sent);
        Assert.Equal((1, 0), (rig.Ledger.Snapshot().EndedSoon, rig.Ledger.Snapshot().WrongRefusals));
        var ended = Assert.Single(rig.Events.OfType<GuardEvent.StuckEnded>());
        Assert.Equal(TimeSpan.FromSeconds(12), ended.Duration);
        rig.Advance(62);
        rig.AssertEmpty();
    }

    [Fact]
    public void A_hundred_restarts_held_at_thaw_become_one_sent_after_the_newest()
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Restart(1);
        rig.Advance(13);
        var held = Enumerable.Range(0, 100).Select(_ => rig.Restart(1)).ToArray();
        rig.EndRun();
        Assert.Single(rig.Sent);
        rig.Answer(rig.Sent[0], 204);
        Assert.Equal(2, rig.Sent.Count);
        Assert.Same(held[^1], rig.Sent[1].Ticket);
        Assert.True(rig.Sent[1].IsByFullId);
        rig.Answer(rig.Sent[1], 204);
        AssertAnswered(held[^1], 204);
        Assert.All(held[..^1], ticket => AssertCopied(ticket, 204, held[^1]));
        Assert.Equal(2, rig.Sent.Count);
        rig.Advance(62);
        rig.AssertEmpty();
    }

    [Fact]
    public void Restarts_of_a_healthy_container_share_one_once_there_is_room()
    {
        using var rig = new LedgerRig();
        var first = rig.Restart();
        var second = rig.Restart();
        var held = Enumerable.Range(0, 20).Select(_ => rig.Restart()).ToArray();
        Assert.Equal(2, rig.Sent.Count);
        rig.Answer(first, 204);
        Assert.Equal(2, rig.Sent.Count);
        rig.Answer(second, 204);
        Assert.Equal(3, rig.Sent.Count);
        Assert.Same(held[^1], rig.Sent[2].Ticket);
    }

    [Fact]
    public void A_held_restart_waits_a_second_for_the_other_answers_about_the_run()
    {
        // Each open stop looks at the container's state by itself: one that comes to look after the next start would wait for that run's end.
        using var rig = new LedgerRig();
        var one = rig.Stop(600);
        var other = rig.Stop(600, "INT");
        var restart = rig.Restart(600);
        rig.Answer(one, 204);
        rig.EndRun();
        Assert.Equal(2, rig.Sent.Count);
        rig.Advance(0.9);
        Assert.Equal(2, rig.Sent.Count);
        rig.Advance(0.1);
        Assert.Same(restart.Own, rig.Sent[2]);
        rig.Answer(restart, 204);
        Assert.False(other.Outcome.IsCompleted);
        rig.Answer(other, 204);
        AssertAnswered(other, 204);
        rig.AssertEmpty();
    }

    [Fact]
    public void The_first_204_of_a_run_answers_whoever_joined_any_stop_or_kill_of_it()
    {
        using var rig = new LedgerRig();
        var patient = rig.Stop(600);
        var joinedPatient = rig.Stop(600);
        var kill = rig.Kill();
        var alsoJoined = rig.Kill();
        var other = rig.Stop(600);
        rig.Answer(kill, 204);
        AssertCopied(alsoJoined, 204, kill);
        AssertCopied(other, 204, kill);
        AssertAnswered(kill, 204);
        Assert.All(new[] { patient, joinedPatient }, sent => Assert.False(sent.Outcome.IsCompleted));
        Assert.Equal(3, rig.Sent.Count);
    }

    [Fact]
    public void A_late_event_of_the_run_before_leaves_the_next_one_alone()
    {
        using var rig = new LedgerRig();
        rig.Answer(rig.Restart(0), 204);
        // The index still shows the run before.
        var kill = rig.Kill();
        rig.Ledger.RunEnded(rig.Container.Id, 1);
        Assert.Equal(VerdictKind.Join, rig.Kill().First.Kind);
        rig.StartRun();
        var joined = rig.Kill();
        Assert.Equal(VerdictKind.Join, joined.First.Kind);
        rig.EndRun();
        rig.Answer(kill, 204);
        AssertCopied(joined, 204, kill);
        rig.AssertEmpty();
    }

    [Fact]
    public void A_call_that_knows_of_a_newer_run_ends_the_old_one()
    {
        using var rig = new LedgerRig();
        var old = rig.Kill();
        var next = rig.Arrive(Operation.Kill, Grace.None, container: rig.Container with { Run = 2 });
        Assert.NotNull(next.Own);
        // The events follow and tell nothing new.
        rig.EndRun();
        rig.StartRun();
        Assert.Equal(VerdictKind.Join, rig.Kill().First.Kind);
        rig.Answer(old, 204);
        Assert.False(next.Outcome.IsCompleted);
    }

    [Fact]
    public void The_probe_is_told_which_of_the_index_s_runs_is_meant()
    {
        using var rig = new LedgerRig();
        rig.Answer(rig.Restart(0), 204);
        rig.Kill();
        Assert.Equal(0, rig.Ledger.EvidenceNeeds().Single().IndexRun);
        rig.EndRun();
        rig.StartRun();
        Assert.Equal(2, rig.Ledger.EvidenceNeeds().Single().IndexRun);
    }

    [Fact]
    public void Kubelet_retries_for_hours_get_no_more_attempts_than_the_backoff_allows()
    {
        using var rig = new LedgerRig { Finds = DState, GivesUpAfter = TimeSpan.FromSeconds(14) };
        var told = new Dictionary<Type, int>();
        while (rig.Elapsed < TimeSpan.FromHours(6))
        {
            var retry = rig.Stop(30);
            for (var waited = 0; waited < 120 && !retry.Outcome.IsCompleted; waited++)
                rig.Advance(1);
            if (retry.Outcome.IsCompleted)
                told[OutcomeOf(retry)!.GetType()] = told.GetValueOrDefault(OutcomeOf(retry)!.GetType()) + 1;
            rig.Ledger.CallerLeft(retry);
            rig.Advance(10);
        }
        // Each attempt lasts 44 s and is followed by a pause of 30 s, 1, 2, and then 5 min: 4 in the first minutes, then one per 344 s.
        Assert.InRange(rig.Sent.Count, 30, 4 + (6 * 3600 / 344));
        Assert.True(told[typeof(Outcome.Refused)] > 100);
        Assert.DoesNotContain(typeof(Outcome.Dropped), told.Keys);
        Assert.True(rig.Open.Count() <= 1);
    }

    [Fact]
    public void After_a_pause_one_attempt_is_sent_however_many_wait()
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Kill();
        rig.Advance(12);
        rig.NoExitEvent(rig.Sent[0]);
        var policy = GuardPolicy.Default with { RepeatHold = [TimeSpan.FromMinutes(10)] };
        rig.Ledger.Policies = GuardPolicies.All(policy);
        var waiting = Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? rig.Stop(1) : rig.Kill()).ToArray();
        rig.Advance(29);
        Assert.Single(rig.Sent);
        rig.Advance(1);
        Assert.Equal(2, rig.Sent.Count);
        Assert.Same(waiting[0], rig.Sent[1].Ticket);
        Assert.True(rig.Sent[1].IsByFullId);
        rig.NoExitEvent(rig.Sent[1]);
        rig.Advance(59);
        Assert.Equal(2, rig.Sent.Count);
        rig.Advance(1);
        Assert.Equal(3, rig.Sent.Count);
    }

    [Fact]
    public void Two_attempts_that_fail_together_are_one_failure()
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Stop(1);
        rig.Stop(1.5);
        rig.Advance(14);
        rig.NoExitEvent(rig.Sent[0]);
        rig.Advance(1);
        rig.NoExitEvent(rig.Sent[1]);
        Assert.Equal(TimeSpan.FromSeconds(30), rig.Ledger.Snapshot().Containers.Single().BackoffLeft);
    }

    [Fact]
    public void A_quick_error_starts_no_backoff()
    {
        using var rig = new LedgerRig { Finds = DState };
        var first = rig.Kill();
        rig.Advance(12);
        rig.Answer(first, 500, """{"message":"refused"}""");
        Assert.Equal(VerdictKind.Forward, rig.Kill().First.Kind);
    }

    [Fact]
    public void No_exit_event_without_evidence_starts_no_backoff()
    {
        using var rig = new LedgerRig { Finds = Alive };
        rig.Kill();
        rig.Advance(12);
        rig.NoExitEvent(rig.Sent[0]);
        Assert.Equal(VerdictKind.Forward, rig.Kill().First.Kind);
    }

    [Theory]
    [InlineData("engine")]
    [InlineData("runtime")]
    [InlineData("operator")]
    [InlineData("run")]
    [InlineData("evidence")]
    public void Backoff_is_cleared(string by)
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Kill();
        rig.Advance(12);
        rig.NoExitEvent(rig.Sent[0]);
        var held = rig.Stop(1);
        Assert.Single(rig.Sent);
        switch (by)
        {
            case "engine":
                rig.Ledger.EngineRestarted();
                break;
            case "runtime":
                rig.Ledger.RuntimeRestarted();
                break;
            case "operator":
                Assert.True(rig.Ledger.ReleaseBackoff(rig.Container.Id));
                Assert.False(rig.Ledger.ReleaseBackoff("other"));
                break;
            case "run":
                rig.StartRun();
                break;
            default:
                rig.Finds = Alive;
                rig.Advance(1);
                break;
        }
        Assert.Same(held.Own, rig.Sent[1]);
    }

    [Fact]
    public void A_kill_passes_a_waiting_stop_at_once()
    {
        using var rig = new LedgerRig();
        var patient = rig.Stop(600);
        rig.Stop(600);
        var kill = rig.Kill();
        Assert.Same(kill.Own, rig.Sent[2]);
        rig.Exit();
        AssertAnswered(kill, 204);
        AssertAnswered(patient, 204);
        rig.AssertEmpty();
    }

    [Fact]
    public void Parallel_stops_of_healthy_containers_are_never_held()
    {
        using var rig = new LedgerRig();
        var tickets = Enumerable.Range(0, 50)
            .Select(i => rig.Arrive(Operation.Stop, Grace.OfContainer, container: rig.Container with { Id = $"id{i}", Name = $"c{i}" })).ToArray();
        Assert.Equal(50, rig.Sent.Count);
        foreach (var ticket in tickets)
            rig.Answer(ticket, 204);
        Assert.All(tickets, ticket => AssertAnswered(ticket, 204));
        rig.AssertEmpty();
    }

    [Fact]
    public void Joined_calls_get_a_copy_of_no_exit_event()
    {
        using var rig = new LedgerRig();
        var lead = rig.Kill();
        var joined = rig.Kill();
        rig.NoExitEvent(lead.Own!);
        AssertCopied(joined, 500, lead);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(409)]
    [InlineData(500)]
    [InlineData(0)]
    public void On_any_other_answer_one_leads_and_the_rest_join(int status)
    {
        using var rig = new LedgerRig();
        var lead = rig.Kill();
        var joined = Enumerable.Range(0, 10).Select(_ => rig.Kill()).ToArray();
        rig.Ledger.CallerLeft(joined[0]);
        if (status == 0)
            rig.Lose(lead.Own!);
        else
            rig.Answer(lead, status, """{"message":"no"}""");
        Assert.Equal(2, rig.Sent.Count);
        Assert.Same(joined[1].Own, rig.Sent[1]);
        Assert.True(rig.Sent[1].IsByFullId);
        if (status == 0)
            Assert.IsType<Outcome.Lost>(OutcomeOf(lead));
        rig.Answer(joined[1], 204);
        Assert.All(joined[2..], ticket => AssertCopied(ticket, 204, joined[1]));
        Assert.IsType<Outcome.Dropped>(OutcomeOf(joined[0]));
        rig.AssertEmpty();
    }

    [Fact]
    public void Already_stopped_is_not_copied_and_lets_all_ask_for_themselves()
    {
        using var rig = new LedgerRig();
        var lead = rig.Stop(0);
        var joined = Enumerable.Range(0, 10).Select(_ => rig.Stop(0)).ToArray();
        rig.Answer(lead, 304);
        Assert.Equal(11, rig.Sent.Count);
        foreach (var ticket in joined)
            rig.Answer(ticket, 304);
        Assert.All(joined, ticket => AssertAnswered(ticket, 304));
        rig.AssertEmpty();
    }

    [Fact]
    public void A_runs_end_closes_it_to_joins()
    {
        using var rig = new LedgerRig();
        var old = rig.Kill();
        var joined = rig.Kill();
        rig.EndRun();
        rig.StartRun();
        var next = rig.Kill();
        Assert.NotNull(next.Own);
        rig.Answer(old, 204);
        AssertCopied(joined, 204, old);
        Assert.False(next.Outcome.IsCompleted);
        Assert.Equal(VerdictKind.Join, rig.Kill().First.Kind);
    }

    [Fact]
    public void A_restart_seen_through_us_closes_the_run_before_its_events_come()
    {
        using var rig = new LedgerRig();
        var restart = rig.Restart(0);
        rig.Kill();
        rig.Answer(restart, 204);
        Assert.Equal(VerdictKind.Forward, rig.Kill().First.Kind);
    }

    [Fact]
    public void Recreation_under_the_same_name_during_a_hold_is_another_container()
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Remove();
        rig.Advance(13);
        var held = rig.Remove();
        rig.Ledger.Renamed(rig.Container.Id, "web_old");
        var newcomer = rig.Arrive(Operation.Stop, Grace.None, container: rig.Container with { Id = "other" });
        Assert.NotNull(newcomer.Own);
        rig.EndRun();
        Assert.True(held.Own!.IsByFullId);
        Assert.Equal(rig.Container.Id, held.Container!.Id);
        rig.Answer(held, 404);
        AssertAnswered(held, 404);
    }

    [Fact]
    public void A_rename_shows_in_the_text()
    {
        using var rig = new LedgerRig { Finds = DState };
        var ticket = rig.Kill();
        rig.Advance(5);
        rig.Ledger.Renamed(rig.Container.Id, "web_old");
        rig.Advance(8);
        Assert.Contains("web_old", Encoding.ASCII.GetString(AssertRefused(ticket).Body.Span));
    }

    [Fact]
    public void Held_stop_of_a_run_that_ended_unasked_is_sent_under_the_full_id()
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Kill();
        rig.Advance(12);
        rig.NoExitEvent(rig.Sent[0]);
        var held = rig.Stop(1);
        rig.EndRun();
        Assert.True(held.Own!.IsByFullId);
        rig.Answer(held, 304);
        AssertAnswered(held, 304);
    }

    [Fact]
    public void Where_proc_cannot_be_read_callers_are_told_at_maxWait()
    {
        using var rig = new LedgerRig { Finds = CannotTell };
        var kill = rig.Kill();
        var late = rig.Stop(600);
        rig.Advance(109);
        Assert.False(kill.Outcome.IsCompleted);
        rig.Advance(1);
        Assert.Equal(Reason.MaxWait, AssertRefused(kill).Reason);
        rig.Advance(500);
        Assert.False(late.Outcome.IsCompleted);
        rig.Advance(1);
        AssertRefused(late);
    }

    [Fact]
    public void Where_nobody_has_looked_nobody_is_refused()
    {
        using var rig = new LedgerRig();
        var kill = rig.Kill();
        var joined = rig.Kill();
        rig.Advance(3600);
        Assert.False(kill.Outcome.IsCompleted || joined.Outcome.IsCompleted);
        rig.Finds = CannotTell;
        rig.Advance(1);
        Assert.Equal(Reason.MaxWait, AssertRefused(kill).Reason);
    }

    [Fact]
    public void What_nobody_looks_at_any_more_is_no_evidence()
    {
        using var rig = new LedgerRig { Finds = DState };
        var kill = rig.Kill();
        rig.Advance(15);
        AssertRefused(kill);
        rig.Finds = null;
        rig.Advance(5);
        var held = rig.Kill();
        Assert.Equal(Reason.Stuck, held.First.Reason);
        rig.Advance(3600);
        Assert.False(held.Outcome.IsCompleted);
        Assert.False(Assert.Single(rig.Ledger.Snapshot().Containers).IsStuck);
        Assert.Single(rig.Events.OfType<GuardEvent.StuckEnded>());
        rig.Finds = DState;
        rig.Advance(15);
        AssertRefused(held);
    }

    [Fact]
    public void A_refusal_waits_for_a_look_where_the_last_is_not_of_late()
    {
        using var rig = new LedgerRig { Finds = DState };
        var kill = rig.Kill();
        rig.Advance(5);
        rig.Finds = null;
        rig.Advance(20);
        Assert.False(kill.Outcome.IsCompleted);
        Assert.True(Assert.Single(rig.Ledger.Snapshot().Containers).IsStuck);
        rig.Finds = DState;
        rig.Advance(1);
        AssertRefused(kill);
    }

    [Fact]
    public void A_look_that_could_not_tell_counts_no_longer_than_one_that_could()
    {
        using var rig = new LedgerRig { Finds = CannotTell };
        var kill = rig.Kill();
        rig.Advance(20);
        rig.Finds = null;
        rig.Advance(3600);
        Assert.False(kill.Outcome.IsCompleted);
    }

    [Fact]
    public void That_nobody_can_tell_is_said_once_and_counted()
    {
        using var rig = new LedgerRig { Finds = CannotTell };
        rig.Kill();
        rig.Advance(10);
        Assert.Single(rig.Events.OfType<GuardEvent.CannotTell>());
        Assert.Equal(10, rig.Ledger.Snapshot().BlindLooks);
        rig.Finds = Alive;
        rig.Advance(1);
        rig.Finds = CannotTell;
        rig.Advance(1);
        Assert.Equal(2, rig.Events.OfType<GuardEvent.CannotTell>().Count());
    }

    [Fact]
    public void A_clock_that_jumps_changes_nothing_but_texts()
    {
        using var rig = new LedgerRig { Finds = DState };
        var first = rig.Kill();
        var second = rig.Kill();
        rig.Advance(5);
        rig.Jump = TimeSpan.FromDays(400);
        rig.Advance(1);
        rig.Jump = TimeSpan.FromDays(-800);
        rig.Advance(4);
        Assert.False(first.Outcome.IsCompleted || second.Outcome.IsCompleted);
        rig.Advance(3);
        AssertRefused(first);
        AssertRefused(second);
        Assert.Single(rig.Sent);
    }

    [Theory]
    [InlineData(DiagnosisKind.Alive)]
    [InlineData(DiagnosisKind.NotKilled)]
    internal void Without_evidence_nobody_is_refused(DiagnosisKind kind)
    {
        using var rig = new LedgerRig { Finds = new Diagnosis(kind, []) };
        var kill = rig.Kill();
        rig.Advance(3600);
        Assert.False(kill.Outcome.IsCompleted);
    }

    [Fact]
    public void Before_SIGKILL_is_due_a_report_is_no_evidence()
    {
        using var rig = new LedgerRig();
        var stop = rig.Stop(600);
        Assert.Empty(rig.Ledger.EvidenceNeeds());
        var run = rig.Ledger.EvidenceNeeds().Select(need => need.Run).FirstOrDefault(1);
        rig.Ledger.Evidence(new EvidenceNeed(rig.Container.Id, run, 1), DState);
        rig.Advance(100);
        Assert.False(stop.Outcome.IsCompleted);
        Assert.NotNull(rig.Kill().Own);
    }

    [Fact]
    public void A_report_about_an_earlier_run_is_ignored()
    {
        using var rig = new LedgerRig();
        rig.Kill();
        var need = rig.Ledger.EvidenceNeeds().Single();
        rig.StartRun();
        var kill = rig.Kill();
        rig.Ledger.Evidence(need, DState);
        rig.Advance(100);
        Assert.False(kill.Outcome.IsCompleted);
    }

    [Fact]
    public void An_unknown_kill_at_is_looked_at_after_patience()
    {
        using var rig = new LedgerRig { Finds = DState };
        var stop = rig.Arrive(Operation.Stop, Grace.OfContainer, container: rig.Container with { StopTimeout = null });
        rig.Advance(10);
        Assert.Empty(rig.Ledger.EvidenceNeeds());
        rig.Advance(1);
        Assert.Single(rig.Ledger.EvidenceNeeds());
        rig.Advance(11);
        AssertRefused(stop);
    }

    [Fact]
    public void Beyond_maxWaiting_a_call_on_a_stuck_container_is_refused_at_once()
    {
        using var rig = new LedgerRig(GuardPolicy.Default with { MaxWaitingPerContainer = 3 }) { Finds = DState };
        rig.Kill();
        rig.Advance(13);
        var held = Enumerable.Range(0, 3).Select(_ => rig.Kill()).ToArray();
        Assert.Equal(Reason.TooManyWaiting, AssertRefused(rig.Kill()).Reason);
        rig.Ledger.CallerLeft(held[0]);
        Assert.False(rig.Kill().Outcome.IsCompleted);
    }

    [Fact]
    public void MaxWaiting_counts_for_the_node_too()
    {
        using var rig = new LedgerRig(GuardPolicy.Default with { MaxWaitingOnNode = 2 });
        rig.Restart();
        rig.Restart();
        rig.Restart();
        rig.Restart();
        Assert.Equal(2, rig.Sent.Count);
        rig.Restart();
        Assert.Equal(3, rig.Sent.Count);
    }

    [Fact]
    public void Engine_restart_frees_every_slot_and_waiters_get_what_the_sender_reports()
    {
        using var rig = new LedgerRig();
        var lead = rig.Kill();
        var joined = rig.Kill();
        rig.Ledger.EngineRestarted();
        Assert.NotNull(rig.Kill().Own);
        rig.Lose(lead.Own!);
        Assert.IsType<Outcome.Lost>(OutcomeOf(lead));
        Assert.False(joined.Outcome.IsCompleted);
        rig.Lose(rig.Sent[1]);
        Assert.Same(joined.Own, rig.Sent[2]);
        rig.Lose(joined.Own!);
        Assert.IsType<Outcome.Lost>(OutcomeOf(joined));
        rig.AssertEmpty();
    }

    [Fact]
    public void Observe_sends_every_call_and_reports_what_it_would_have_done()
    {
        using var rig = new LedgerRig(GuardPolicy.Default with { Mode = GuardMode.Observe }) { Finds = DState };
        var first = rig.Kill();
        var second = rig.Kill();
        rig.Advance(13);
        var third = rig.Kill();
        rig.Advance(5);
        Assert.Equal(3, rig.Sent.Count);
        Assert.Equal(
            [Reason.Otherwise, Reason.KillDue, Reason.Stuck],
            rig.Events.OfType<GuardEvent.Decided>().Select(decided => decided.Verdict.Reason));
        Assert.Equal([first, second, third], rig.Events.OfType<GuardEvent.Refused>().Select(refused => refused.Ticket));
        Assert.DoesNotContain(true, new[] { first, second, third }.Select(ticket => ticket.Outcome.IsCompleted));
        rig.Exit();
        Assert.All(new[] { first, second, third }, ticket => AssertAnswered(ticket, 204));
        Assert.Equal(3, rig.Ledger.Snapshot().EndedSoon);
        rig.Advance(62);
        rig.AssertEmpty();
    }

    [Fact]
    public void Off_forwards_and_keeps_nothing()
    {
        using var rig = new LedgerRig(GuardPolicy.Default with { Mode = GuardMode.Off });
        Assert.IsType<Outcome.Unguarded>(OutcomeOf(rig.Kill()));
        Assert.Empty(rig.Sent);
        rig.AssertEmpty();
    }

    [Fact]
    public void A_policy_of_its_own_mode_counts_unless_the_whole_guard_is_off()
    {
        var off = GuardPolicy.Default with { Mode = GuardMode.Off };
        var policies = GuardPolicies.Default with { Each = GuardPolicies.Default.Each.With(Operation.Kill, off) };
        Assert.Equal(GuardMode.Off, policies.For(Operation.Kill).Mode);
        Assert.Equal(GuardMode.Enforce, policies.For(Operation.Stop).Mode);
        Assert.Equal(GuardMode.Off, (policies with { Guard = off }).For(Operation.Stop).Mode);
    }

    [Fact]
    public void Unknown_and_stopped_containers_are_forwarded_and_never_refused()
    {
        using var rig = new LedgerRig { Finds = CannotTell };
        var request = new GuardedRequest("POST", "/containers/?/kill", default, default, null);
        var unknown = rig.Ledger.Arrive(new TerminatingCall(Operation.Kill, "?", Grace.None, null), null, request);
        var removal = rig.Arrive(Operation.Remove, Grace.None, container: rig.Container with { IsRunning = false });
        Assert.Same(request, unknown.Request);
        rig.Advance(3600);
        Assert.False(unknown.Outcome.IsCompleted || removal.Outcome.IsCompleted);
        rig.Answer(unknown, 404);
        rig.Answer(removal, 204);
        AssertAnswered(unknown, 404);
        AssertAnswered(removal, 204);
        rig.AssertEmpty();
    }

    [Fact]
    public void A_fault_inside_forwards_whatever_waits()
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Container = rig.Container with { Name = null! };
        rig.Kill();
        var joined = rig.Kill();
        rig.Advance(13);
        Assert.IsType<Outcome.Unguarded>(OutcomeOf(joined));
        Assert.Same(rig.Container, Assert.Single(rig.Events.OfType<GuardEvent.Faulted>()).Container);
        rig.Answer(rig.Sent[0], 204);
        AssertAnswered(rig.Sent[0].Ticket, 204);
        rig.AssertEmpty();
    }

    [Fact]
    public void A_fault_at_an_answer_keeps_it_from_nobody()
    {
        // A back-off that no clock can hold: taking in the answer fails half-way.
        using var rig = new LedgerRig(GuardPolicy.Default with { Backoff = [TimeSpan.MaxValue] }) { Finds = DState };
        var lead = rig.Kill();
        var joined = rig.Kill();
        rig.Advance(5);
        rig.NoExitEvent(lead.Own!);
        Assert.IsType<OverflowException>(Assert.Single(rig.Events.OfType<GuardEvent.Faulted>()).Cause);
        AssertAnswered(lead, 500);
        Assert.IsType<Outcome.Unguarded>(OutcomeOf(joined));
        rig.AssertEmpty();
    }

    [Fact]
    public void A_fault_forwards_also_those_who_joined_a_call_of_an_ended_run()
    {
        using var rig = new LedgerRig { Finds = DState };
        rig.Container = rig.Container with { Name = null! };
        var lead = rig.Kill();
        var joined = rig.Kill();
        rig.EndRun();
        Assert.False(joined.Outcome.IsCompleted);
        rig.StartRun();
        rig.Kill();
        rig.Advance(13);
        Assert.NotEmpty(rig.Events.OfType<GuardEvent.Faulted>());
        Assert.IsType<Outcome.Unguarded>(OutcomeOf(joined));
        Assert.False(lead.Outcome.IsCompleted);
        rig.Answer(lead, 204);
        AssertAnswered(lead, 204);
        Assert.Equal((1, 0), (rig.Ledger.Snapshot().OpenCalls, rig.Ledger.Snapshot().WaitingCalls));
    }

    [Fact]
    public void A_sender_that_throws_loses_the_call_and_nothing_else()
    {
        var sender = new ThrowingSender();
        using var rig = new LedgerRig();
        using var ledger = new LedgerKeeper(TimeProvider.System, GuardPolicies.Default, sender, rig, NullGuardObserver.Instance);
        var ticket = ledger.Arrive(
            new TerminatingCall(Operation.Kill, "x", Grace.None, null), new GuardedContainer("id", "x", true, 1), null);
        Assert.IsType<InvalidOperationException>(Assert.IsType<Outcome.Lost>(OutcomeOf(ticket)).Cause);
        Assert.Empty(ledger.Snapshot().Containers);
    }

    [Fact]
    public void The_snapshot_tells_what_an_operator_asks()
    {
        using var rig = new LedgerRig { Finds = DState, GivesUpAfter = TimeSpan.FromSeconds(14) };
        rig.Stop(1);
        rig.Advance(16);
        rig.Stop(1);
        var container = Assert.Single(rig.Ledger.Snapshot().Containers);
        Assert.True(container.IsStuck);
        Assert.Equal(DState, container.Diagnosis);
        Assert.Equal((1, 0, 1, 1), (container.Attempts, container.OpenCalls, container.WaitingCalls, container.Refusals));
        Assert.Equal(TimeSpan.FromSeconds(29), container.BackoffLeft);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 8, 0, 1, TimeSpan.Zero), container.EvidenceSince);
    }

    private sealed class ThrowingSender : IAttemptSender
    {
        public Task<AttemptAnswer> SendAsync(Attempt attempt, Func<bool> mayBeSent) => throw new InvalidOperationException();
    }

    [Fact]
    public void A_call_whose_caller_waits_may_be_sent_whatever_became_of_its_run()
    {
        // An event of the run before may come late, and then ends a run that goes on: the call of a healthy container must not be lost for it.
        using var rig = new LedgerRig();
        rig.Stop(0);
        var attempt = rig.Sent.Single();
        rig.EndRun();
        Assert.True(rig.Ledger.MayStillBeSent(attempt));
        rig.StartRun();
        Assert.True(rig.Ledger.MayStillBeSent(attempt));
    }

    [Fact]
    public void A_call_whose_caller_has_left_may_not_be_sent_into_another_run()
    {
        using var rig = new LedgerRig();
        var ticket = rig.Stop(0);
        var attempt = rig.Sent.Single();
        rig.Ledger.CallerLeft(ticket);
        Assert.True(rig.Ledger.MayStillBeSent(attempt));
        rig.EndRun();
        rig.StartRun();
        Assert.False(rig.Ledger.MayStillBeSent(attempt));
    }
}
