using System.Text;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Guard.Permits;
using Xunit;

namespace DockerGuardProxy.Tests.Guard.Permits;

public sealed class PermitKeeperTests
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(2.1);

    [Fact]
    public void While_the_lock_is_fast_every_call_is_sent()
    {
        using var rig = new PermitRig();
        Assert.All(rig.Calls(64), call => Assert.Equal(PermitOutcomeKind.Send, call.First));
        Assert.Equal(PermitOutcomeKind.Held, rig.Call().First);
        Assert.Equal(PermitOutcomeKind.Send, rig.Call("attach").First);
        Assert.Equal(PermitOutcomeKind.Send, rig.Call(id: "another").First);
    }

    [Fact]
    public void Behind_four_slow_ones_a_call_waits_until_a_permit_comes_back()
    {
        using var rig = new PermitRig();
        var sent = rig.Calls(4);
        rig.Time.Advance(Slow);
        var held = rig.Calls(6);
        Assert.All(held, call => Assert.Equal(PermitOutcomeKind.Held, call.Now));

        rig.Keeper.Answered(sent[0].Call);
        Assert.Equal([PermitOutcomeKind.Send, .. Enumerable.Repeat(PermitOutcomeKind.Held, 5)], held.Select(call => call.Now));
        foreach (var call in sent.Skip(1)) rig.Keeper.Answered(call.Call);

        // The oldest is young again: the lock is free.
        Assert.All(held, call => Assert.Equal(PermitOutcomeKind.Send, call.Now));
        foreach (var call in held) rig.Keeper.Answered(call.Call);
        Assert.Empty(rig.Keeper.Snapshot().Containers);
        Assert.Equal(6, rig.Totals.Held);
    }

    [Fact]
    public void Four_at_a_time_are_sent_while_the_lock_stays_slow()
    {
        using var rig = new PermitRig();
        var sent = new Queue<PermitRig.Sent>(rig.Calls(4));
        rig.Time.Advance(Slow);
        var held = rig.Calls(3);
        foreach (var next in held)
        {
            rig.Time.Advance(Slow);
            rig.Keeper.Answered(sent.Dequeue().Call);
            Assert.Equal(PermitOutcomeKind.Send, next.Now);
            Assert.Equal(4, rig.Keeper.Snapshot().Containers[0].Calls.Sum(calls => calls.Unanswered));
        }
    }

    [Theory]
    [InlineData("attach")]
    [InlineData("wait")]
    [InlineData("start")]
    [InlineData("rename")]
    [InlineData("update")]
    [InlineData("pause")]
    public void What_others_wait_for_is_never_held(string name)
    {
        using var rig = new PermitRig();
        rig.Calls(64);
        rig.Time.Advance(Slow);
        Assert.Equal(PermitOutcomeKind.Send, rig.Call(name).First);
    }

    [Theory]
    [InlineData("inspect")]
    [InlineData("top")]
    [InlineData("logs")]
    [InlineData("changes")]
    [InlineData("exec-create")]
    [InlineData("stats")]
    public void What_nobody_waits_for_is_held(string name)
    {
        using var rig = new PermitRig();
        rig.Calls(4, "attach");
        rig.Time.Advance(Slow);
        Assert.Equal(PermitOutcomeKind.Held, rig.Call(name).First);
    }

    [Fact]
    public void Beyond_the_room_for_those_who_wait_a_call_is_refused()
    {
        using var rig = new PermitRig(families => families with { Lock = families.Lock with { MaxWaitingPerContainer = 2, MaxWaitingOnNode = 3 } });
        rig.Calls(4);
        foreach (var _ in Enumerable.Range(0, 4)) rig.Call(id: "other");
        rig.Time.Advance(Slow);
        Assert.Equal(PermitOutcomeKind.Held, rig.Calls(2)[1].First);
        var refused = rig.Call();
        Assert.Equal(PermitOutcomeKind.Refused, refused.First);
        Assert.Equal(
            """{"message":"container web (0123456789ab) of pod shop/web-0: too many calls wait for its lock already; see docker-guard-proxy status"}""",
            Encoding.UTF8.GetString(refused.Outcome.Body.Span));
        Assert.Equal(PermitOutcomeKind.Held, rig.Call(id: "other").First);
        Assert.Equal(PermitOutcomeKind.Refused, rig.Call(id: "other").First);
    }

    [Fact]
    public void A_held_caller_that_leaves_is_dropped_and_a_sent_one_keeps_its_permit()
    {
        using var rig = new PermitRig();
        var sent = rig.Calls(4);
        rig.Time.Advance(Slow);
        var held = rig.Calls(2);
        rig.Keeper.Withdrawn(held[0].Call);
        Assert.True(rig.Keeper.Left(sent[0].Call));
        Assert.Equal(PermitOutcomeKind.Held, held[1].Now);
        rig.Keeper.Seen(sent[0].Call, sent[0].Call.Serial);
        Assert.Equal(PermitOutcomeKind.Send, held[1].Now);
        Assert.Equal((1L, 0), (rig.Totals.Dropped, rig.Keeper.Snapshot().Waiting));
    }

    [Fact]
    public void A_held_caller_that_leaves_as_it_is_let_go_has_left_and_its_permit_goes_on()
    {
        using var rig = new PermitRig();
        var sent = rig.Calls(4);
        rig.Time.Advance(Slow);
        var held = rig.Calls(2);
        rig.Time.Advance(Slow);
        rig.Keeper.Answered(sent[0].Call);
        Assert.Equal((PermitOutcomeKind.Send, PermitOutcomeKind.Held), (held[0].Now, held[1].Now));
        rig.Keeper.Withdrawn(held[0].Call);
        rig.Keeper.Withdrawn(held[0].Call);
        Assert.Equal(PermitOutcomeKind.Send, held[1].Now);
        var end = Assert.Single(rig.Events.OfType<PermitEvent.Concluded>());
        Assert.Equal((PermitFate.Left, false), (end.Fate, end.IsSent));
        Assert.Equal(1, rig.Totals.Dropped);
        Assert.Equal(4, rig.Keeper.Snapshot().Containers[0].Calls.Sum(calls => calls.Unanswered));
    }

    [Fact]
    public void What_is_never_held_gives_its_permit_back_with_its_caller()
    {
        using var rig = new PermitRig();
        var attached = rig.Calls(4, "attach");
        rig.Time.Advance(Slow);
        var held = rig.Call();
        Assert.False(rig.Keeper.Left(attached[0].Call));
        Assert.Equal(PermitOutcomeKind.Send, held.Now);
    }

    [Theory]
    [InlineData("die")]
    [InlineData("engine")]
    public void A_death_or_another_engine_lets_those_go_who_wait(string what)
    {
        using var rig = new PermitRig();
        rig.Calls(4);
        rig.Time.Advance(Slow);
        var held = rig.Calls(70);
        if (what == "die") rig.Keeper.Renew(PermitRig.Web);
        else rig.Keeper.EngineRestarted();
        Assert.Equal(60, held.Count(call => call.Now == PermitOutcomeKind.Send));
        Assert.Contains(rig.Events, happened => happened is PermitEvent.SlowEnded);
    }

    [Theory]
    [InlineData(GuardMode.Off)]
    [InlineData(GuardMode.Observe)]
    internal void A_new_policy_lets_go_who_waits(GuardMode mode)
    {
        using var rig = new PermitRig();
        rig.Calls(4);
        rig.Time.Advance(Slow);
        var held = rig.Calls(70);
        rig.Keeper.Policies = PermitRig.Policies(families => families with { Lock = families.Lock with { Mode = mode } });
        Assert.All(held, call => Assert.Equal(PermitOutcomeKind.Send, call.Now));
        Assert.Equal(PermitOutcomeKind.Send, rig.Call().First);
    }

    [Fact]
    public void In_observe_mode_all_is_sent_and_counted_once()
    {
        using var rig = new PermitRig(_ => FamilyPolicies.Under(GuardMode.Observe));
        rig.Calls(4);
        rig.Time.Advance(Slow);
        Assert.All(rig.Calls(5), call => Assert.Equal(PermitOutcomeKind.Send, call.First));
        Assert.Equal((0L, 5L), (rig.Totals.Held, rig.Totals.WouldHold));
    }

    [Fact]
    public void At_the_stop_those_who_wait_are_told_to_ask_again_and_so_are_others_who_would()
    {
        using var rig = new PermitRig();
        rig.Calls(4);
        rig.Time.Advance(Slow);
        var held = rig.Call();
        rig.Keeper.TurnAway();
        Assert.Equal(PermitOutcomeKind.TurnedAway, held.Now);
        Assert.Equal(PermitOutcomeKind.TurnedAway, rig.Call().First);
        Assert.False(rig.Keeper.Any);
    }

    [Fact]
    public void A_hold_was_wrong_if_the_lock_is_free_within_a_second()
    {
        using var rig = new PermitRig();
        var sent = rig.Calls(4);
        rig.Time.Advance(Slow);
        rig.Call();
        rig.Time.Advance(TimeSpan.FromSeconds(1.5));
        rig.Call();
        rig.Time.Advance(TimeSpan.FromSeconds(0.9));
        rig.Keeper.Answered(sent[0].Call);
        Assert.Equal(1, rig.Totals.WrongHolds);
    }

    [Fact]
    public void Two_slow_statistics_hold_the_others_back_and_none_goes_to_a_slow_lock()
    {
        using var rig = new PermitRig();
        var sent = rig.Calls(2, "stats");
        rig.Time.Advance(TimeSpan.FromSeconds(5.1));
        var held = rig.Call("stats");
        Assert.Equal((PermitOutcomeKind.Held, PermitOutcomeKind.Send), (held.First, rig.Call().First));
        rig.Keeper.Answered(sent[0].Call);
        Assert.Equal(PermitOutcomeKind.Send, held.Now);

        rig.Time.Advance(Slow);
        Assert.Equal(PermitOutcomeKind.Held, rig.Call("stats").First);
    }

    [Fact]
    public void A_lone_start_that_takes_its_time_is_no_slow_lock()
    {
        using var rig = new PermitRig();
        rig.Call("start");
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(rig.Events);
        var inspect = rig.Call();
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        var began = Assert.IsType<PermitEvent.SlowBegan>(Assert.Single(rig.Events));
        Assert.Equal("start", began.Holder!.Operation);
        rig.Keeper.Answered(inspect.Call);
        Assert.IsType<PermitEvent.SlowEnded>(rig.Events[^1]);
    }

    [Fact]
    public void Only_those_who_asked_for_it_are_told_after_ten_seconds_and_again_after_five()
    {
        using var rig = new PermitRig(PermitRig.Telling);
        rig.Ending = new("kill", rig.Time.GetUtcNow().AddSeconds(-3), null);
        var first = rig.Call(comm: "kubelet");
        rig.Calls(3);
        rig.Time.Advance(Slow);
        var held = rig.Call(comm: "cri-dockerd");
        var exec = rig.Ask(PermitRig.Row("exec-create"), PermitRig.Row("exec-create").Lock, comm: "kubelet");
        var other = rig.Call(comm: "traefik");
        rig.Time.Advance(TimeSpan.FromSeconds(7.5));
        Assert.Null(first.Caller.Told);
        rig.Time.Advance(TimeSpan.FromSeconds(0.75));
        Assert.Equal(
            """{"message":"container web (0123456789ab) of pod shop/web-0: the engine has not answered since 2026-05-01T12:00:00Z; """
            + """its lock is probably held by kill since 2026-05-01T11:59:57Z"}""",
            Encoding.UTF8.GetString(first.Caller.Told!.Value.Span));

        // The other has waited longer than a repeat must.
        Assert.Equal(PermitOutcomeKind.Told, held.Now);
        var repeat = rig.Call(comm: "kubelet");
        rig.Time.Advance(TimeSpan.FromSeconds(4.5));
        Assert.Equal(PermitOutcomeKind.Held, repeat.Now);
        rig.Time.Advance(TimeSpan.FromSeconds(0.75));
        Assert.Equal((PermitOutcomeKind.Told, PermitOutcomeKind.Held, PermitOutcomeKind.Held), (repeat.Now, exec.Now, other.Now));
        Assert.Equal((3L, 0L), (rig.Totals.Told, rig.Totals.WouldTell));
        Assert.Equal(1, rig.Keeper.Snapshot().Containers[0].Kept);

        rig.Keeper.Seen(first.Call, first.Call.Serial);
        Assert.Equal(3, rig.Totals.WrongTells);
    }

    [Fact]
    public void Nobody_is_told_shortly_after_a_start_or_when_the_answer_has_begun()
    {
        using var rig = new PermitRig(PermitRig.Telling);
        var start = rig.Call("start");
        rig.Keeper.Answered(start.Call);
        rig.Keeper.Ended(start.Call);
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        var call = rig.Call(comm: "kubelet");
        call.Caller.CanBeTold = false;
        rig.Time.Advance(TimeSpan.FromSeconds(118));
        Assert.Null(call.Caller.KnownComm);
        rig.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("kubelet", call.Caller.KnownComm);
        Assert.Equal(0, rig.Totals.Told);
    }

    [Fact]
    public void While_tell_observes_it_is_counted_once_and_nobody_is_told()
    {
        using var rig = new PermitRig();
        var call = rig.Call(comm: "kubelet");
        rig.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal((0L, 1L), (rig.Totals.Told, rig.Totals.WouldTell));
        Assert.Null(call.Caller.Told);
    }

    [Fact]
    public void The_clock_stands_while_nothing_is_counted()
    {
        using var rig = new PermitRig();
        rig.Keeper.Answered(rig.Call().Call);
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(rig.Keeper.Snapshot().Containers);
    }

    [Fact]
    public void A_size_is_held_behind_a_slow_lock_but_holds_nobody_back()
    {
        using var rig = new PermitRig();
        var row = PermitRig.Row("inspect");
        foreach (var _ in Enumerable.Range(0, 10)) Assert.Equal(PermitOutcomeKind.Send, rig.Ask(row, row.Lock & ~LockPart.Permit).First);
        rig.Time.Advance(Slow);
        Assert.Equal(PermitOutcomeKind.Send, rig.Calls(4)[3].First);
        rig.Time.Advance(Slow);
        Assert.Equal(PermitOutcomeKind.Held, rig.Ask(row, row.Lock & ~LockPart.Permit).First);
    }

    [Fact]
    public void The_start_of_an_exec_is_suspected_until_an_inspect_shows_that_it_holds_nothing()
    {
        using var rig = new PermitRig();
        var exec = rig.Call("exec");
        rig.Keeper.Answered(exec.Call);
        Assert.Equal("exec", rig.Keeper.Snapshot().Containers[0].Holder!.Operation);

        // Neither what came along with it, nor what does not ask for execs.
        rig.Keeper.Answered(rig.Call().Call);
        rig.Time.Advance(TimeSpan.FromSeconds(1));
        rig.Keeper.Answered(rig.Call("top").Call);
        Assert.NotNull(rig.Keeper.Snapshot().Containers[0].Holder);
        rig.Keeper.Answered(rig.Call().Call);
        Assert.Empty(rig.Keeper.Snapshot().Containers);
        rig.Keeper.Ended(exec.Call);
    }

    [Fact]
    public void The_start_of_an_exec_that_is_never_answered_is_named_and_holds_nobody_back()
    {
        using var rig = new PermitRig();
        var execs = rig.Calls(70, "exec");
        rig.Time.Advance(Slow);
        Assert.Empty(rig.Events);
        Assert.All(rig.Calls(4), call => Assert.Equal(PermitOutcomeKind.Send, call.First));
        rig.Time.Advance(Slow);
        Assert.Equal(PermitOutcomeKind.Held, rig.Call().First);
        Assert.Equal(PermitOutcomeKind.Send, rig.Call("exec").First);
        Assert.Equal("exec", Assert.IsType<PermitEvent.SlowBegan>(Assert.Single(rig.Events)).Holder!.Operation);
        foreach (var exec in execs) rig.Keeper.Ended(exec.Call);
    }

    [Fact]
    public void The_clock_stands_while_only_a_stream_is_open_that_may_have_held_the_lock()
    {
        using var rig = new PermitRig();
        var exec = rig.Call("exec");
        rig.Keeper.Answered(exec.Call);
        rig.Time.Advance(TimeSpan.FromDays(1));
        Assert.Single(rig.Keeper.Snapshot().Containers);
        rig.Keeper.Begun(exec.Call);
        Assert.Empty(rig.Keeper.Snapshot().Containers);
        rig.Keeper.Ended(exec.Call);
    }

    [Fact]
    public void Those_who_wait_for_the_lock_are_neither_its_holders_nor_those_who_have_left()
    {
        using var rig = new PermitRig();
        var age = TimeSpan.FromSeconds(2);
        rig.Calls(2, "start");
        rig.Time.Advance(Slow);
        Assert.False(rig.Keeper.Waits(PermitRig.Web, age));
        var top = rig.Call("top");
        Assert.False(rig.Keeper.Waits(PermitRig.Web, age));
        rig.Time.Advance(Slow);
        Assert.True(rig.Keeper.Waits(PermitRig.Web, age));
        Assert.False(rig.Keeper.Waits("another", age));
        rig.Keeper.Left(top.Call);
        Assert.False(rig.Keeper.Waits(PermitRig.Web, age));
        rig.Call();
        Assert.Equal(PermitOutcomeKind.Held, rig.Call().First);
        Assert.True(rig.Keeper.Waits(PermitRig.Web, age));
    }
}
