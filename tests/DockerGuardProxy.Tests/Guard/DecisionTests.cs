using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using Xunit;

namespace DockerGuardProxy.Tests.Guard;

public sealed class DecisionTests
{
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(1000);
    private static readonly GuardPolicy Policy = GuardPolicy.Default with { MaxWaitingPerContainer = 4, MaxWaitingOnNode = 8 };
    private static readonly ContainerState Idle = new(true, []);

    // Row 1
    [Theory]
    [InlineData(Operation.Stop)]
    [InlineData(Operation.Kill)]
    [InlineData(Operation.Restart)]
    [InlineData(Operation.Remove)]
    internal void Not_running_is_forwarded_whatever_else_holds(Operation operation)
    {
        var state = Stuck(Open(Operation.Stop, At(0))) with { IsRunning = false };
        Assert.Equal(Verdict.Forward(Reason.NotRunning), Decide(state, operation, At(0)));
    }

    // Row 2
    [Fact]
    public void Removal_is_forwarded_beside_anything_open() => Assert.Equal(
        Verdict.Forward(Reason.Removal),
        Decide(With(Open(Operation.Kill, At(-5)), Open(Operation.Stop, At(-1)), Open(Operation.Remove, At(-9))), Operation.Remove, At(0)));

    [Fact]
    public void Removal_of_a_stuck_container_is_held() => Assert.Equal(
        Verdict.Hold(Reason.Stuck), Decide(Stuck(Open(Operation.Remove, At(-20))), Operation.Remove, At(0)));

    [Theory]
    [InlineData(Operation.Stop, Reason.Room)]
    [InlineData(Operation.Kill, Reason.Otherwise)]
    internal void Stop_and_kill_never_join_a_removal(Operation operation, Reason reason) => Assert.Equal(
        Verdict.Forward(reason), Decide(With(Open(Operation.Remove, At(-1))), operation, At(0)));

    // Row 3
    [Theory]
    [InlineData(Operation.Stop)]
    [InlineData(Operation.Kill)]
    [InlineData(Operation.Restart)]
    [InlineData(Operation.Remove)]
    internal void Stuck_with_an_open_call_is_held(Operation operation) => Assert.Equal(
        Verdict.Hold(Reason.Stuck), Decide(Stuck(Open(Operation.Stop, KillAt.Unknown(TimeSpan.Zero))), operation, At(0)));

    [Theory]
    [InlineData(1, VerdictKind.Hold, Reason.Stuck)]
    [InlineData(0, VerdictKind.Forward, Reason.Otherwise)]
    internal void Stuck_with_backoff_is_held_until_it_ends(double left, VerdictKind kind, Reason reason) => Assert.Equal(
        new Verdict(kind, reason), Decide(Stuck() with { BackoffUntil = Now + TimeSpan.FromSeconds(left) }, Operation.Kill, At(0)));

    [Theory]
    [InlineData(11, VerdictKind.Hold)]
    [InlineData(10.999, VerdictKind.Join)]
    internal void Evidence_is_stuck_from_patience_on(double age, VerdictKind kind) => Assert.Equal(
        kind,
        Decide(With(Open(Operation.Stop, At(-12))) with { EvidenceSince = Now - TimeSpan.FromSeconds(age) }, Operation.Kill, At(0)).Kind);

    [Theory]
    [InlineData(3, 7, VerdictKind.Hold)]
    [InlineData(4, 7, VerdictKind.Refuse)]
    [InlineData(3, 8, VerdictKind.Refuse)]
    internal void Stuck_beyond_maxWaiting_is_refused_at_once(int here, int node, VerdictKind kind) => Assert.Equal(
        kind, Decide(Stuck(Open(Operation.Kill, At(-20))) with { WaitingHere = here, WaitingOnNode = node }, Operation.Stop, At(10)).Kind);

    [Fact]
    public void Stuck_beyond_maxWaiting_is_held_where_nobody_may_be_refused() => Assert.Equal(
        VerdictKind.Hold,
        Decide(Stuck(Open(Operation.Kill, At(-20))) with { WaitingHere = 4, MayRefuse = false }, Operation.Stop, At(10)).Kind);

    [Fact]
    public void Stuck_without_an_open_call_or_backoff_lets_one_through() =>
        Assert.Equal(Verdict.Forward(Reason.Room), Decide(Stuck(), Operation.Stop, At(10)));

    // Row 4
    [Theory]
    [InlineData(Operation.Kill)]
    [InlineData(Operation.Stop)]
    [InlineData(Operation.Restart)]
    internal void Kill_now_passes_every_later_never_and_unknown_one(Operation operation)
    {
        var state = With(
            Open(Operation.Stop, At(600)), Open(Operation.Stop, KillAt.Never), Open(Operation.Restart, KillAt.Unknown(Now)), Step(50));
        Assert.Equal(Verdict.Forward(Reason.Escalation), Decide(state, operation, At(0)));
    }

    [Theory]
    [InlineData(7, VerdictKind.Forward)]
    [InlineData(8, VerdictKind.Join)]
    internal void Stepwise_shorter_stops_pass_up_to_eight_then_join(int steps, VerdictKind kind)
    {
        var open = new[] { Open(Operation.Stop, At(600), id: 1) }.Concat(Enumerable.Range(0, steps).Select(i => Step(500 - i, id: 10 + i)));
        var verdict = Decide(With([.. open]), Operation.Stop, At(100));
        Assert.Equal(kind, verdict.Kind);
        Assert.Equal(kind == VerdictKind.Forward, verdict.IsStep);
        if (kind == VerdictKind.Join)
            Assert.Equal((Reason.TooManySteps, 17L), (verdict.Reason, verdict.Lead));
    }

    [Fact]
    public void Kill_now_passes_after_eight_steps() => Assert.Equal(
        Verdict.Forward(Reason.Escalation), Decide(With([.. Enumerable.Range(0, 8).Select(i => Step(500 - i))]), Operation.Kill, At(0)));

    [Fact]
    public void Ninth_shorter_restart_is_held() => Assert.Equal(
        Verdict.Hold(Reason.NoRoom), Decide(With([.. Enumerable.Range(0, 8).Select(i => Step(500 - i))]), Operation.Restart, At(100)));

    [Fact]
    public void Equal_kill_at_is_no_escalation() => Assert.Equal(
        VerdictKind.Join, Decide(With(Open(Operation.Stop, At(10)), Open(Operation.Stop, At(10))), Operation.Stop, At(10)).Kind);

    [Fact]
    public void Unknown_kill_at_is_no_escalation() => Assert.Equal(
        Verdict.Hold(Reason.NoRoom),
        Decide(With(Open(Operation.Stop, At(600)), Open(Operation.Stop, At(600))), Operation.Stop, KillAt.Unknown(Now)));

    [Fact]
    public void One_call_that_is_no_later_is_enough_against_an_escalation() => Assert.Equal(
        VerdictKind.Join, Decide(With(Open(Operation.Stop, At(600)), Open(Operation.Stop, At(5))), Operation.Stop, At(10)).Kind);

    // Row 5
    [Theory]
    [InlineData(Operation.Stop, Operation.Stop)]
    [InlineData(Operation.Stop, Operation.Kill)]
    [InlineData(Operation.Kill, Operation.Stop)]
    [InlineData(Operation.Kill, Operation.Kill)]
    internal void Stop_and_kill_join_one_whose_kill_is_due(Operation lead, Operation operation) => Assert.Equal(
        Verdict.Join(Reason.KillDue, 7), Decide(With(Open(lead, At(0), id: 7, signal: "INT")), operation, At(0)));

    [Fact]
    public void The_newest_due_one_leads() => Assert.Equal(
        Verdict.Join(Reason.KillDue, 2),
        Decide(
            With(Open(Operation.Stop, At(-9), id: 1), Open(Operation.Kill, At(-3), id: 2), Open(Operation.Stop, At(9), id: 3)),
            Operation.Kill,
            At(0)));

    [Fact]
    public void Kill_does_not_join_a_due_restart() => Assert.Equal(
        Verdict.Forward(Reason.Otherwise), Decide(With(Open(Operation.Restart, At(-1)), Open(Operation.Restart, At(-1))), Operation.Kill, At(0)));

    [Fact]
    public void Restart_does_not_join() => Assert.Equal(
        Verdict.Forward(Reason.Room), Decide(With(Open(Operation.Stop, At(-1))), Operation.Restart, At(10)));

    // Row 6
    [Theory]
    [InlineData(Operation.Stop)]
    [InlineData(Operation.Restart)]
    internal void The_first_is_forwarded(Operation operation) => Assert.Equal(Verdict.Forward(Reason.Room), Decide(Idle, operation, At(10)));

    [Fact]
    public void A_second_stop_is_forwarded() => Assert.Equal(
        Verdict.Forward(Reason.Room), Decide(With(Open(Operation.Stop, At(5))), Operation.Stop, At(10)));

    // Row 7
    [Theory]
    [InlineData("TERM", 10, VerdictKind.Join)]
    [InlineData("TERM", 5, VerdictKind.Join)]
    [InlineData("INT", 10, VerdictKind.Hold)]
    [InlineData(null, 10, VerdictKind.Hold)]
    internal void A_stop_joins_one_of_the_same_signal_and_no_later_kill(string? signal, int lead, VerdictKind kind) => Assert.Equal(
        kind,
        Decide(
            With(Open(Operation.Stop, At(lead), signal: "TERM"), Open(Operation.Restart, At(1))), Operation.Stop, At(10), signal).Kind);

    [Fact]
    public void A_stop_does_not_join_a_later_one() => Assert.Equal(
        Verdict.Hold(Reason.NoRoom),
        Decide(With(Open(Operation.Restart, At(5)), Open(Operation.Stop, At(20))), Operation.Stop, At(10)));

    [Fact]
    public void Unknown_kill_at_joins_only_an_earlier_unknown_one()
    {
        var unknown = Open(Operation.Stop, KillAt.Unknown(Now - TimeSpan.FromSeconds(1)), id: 3);
        var restart = Open(Operation.Restart, At(1));
        Assert.Equal(Verdict.Join(Reason.SameStop, 3), Decide(With(unknown, restart), Operation.Stop, KillAt.Unknown(Now)));
        Assert.Equal(VerdictKind.Hold, Decide(With(unknown, restart), Operation.Stop, At(10)).Kind);
        Assert.Equal(VerdictKind.Hold, Decide(With(Open(Operation.Stop, At(10)), restart), Operation.Stop, KillAt.Unknown(Now)).Kind);
    }

    // Row 8
    [Fact]
    public void A_third_restart_is_held() => Assert.Equal(
        Verdict.Hold(Reason.NoRoom),
        Decide(With(Open(Operation.Restart, At(5)), Open(Operation.Stop, At(5))), Operation.Restart, At(10)));

    [Theory]
    [InlineData(4, 0)]
    [InlineData(0, 8)]
    public void A_third_restart_beyond_maxWaiting_is_forwarded(int here, int node) => Assert.Equal(
        Verdict.Forward(Reason.TooManyWaiting),
        Decide(
            With(Open(Operation.Restart, At(5)), Open(Operation.Stop, At(5))) with { WaitingHere = here, WaitingOnNode = node },
            Operation.Restart,
            At(10)));

    // Row 9
    [Fact]
    public void The_first_kill_is_forwarded() => Assert.Equal(Verdict.Forward(Reason.Otherwise), Decide(Idle, Operation.Kill, At(0)));

    private static Verdict Decide(in ContainerState state, Operation operation, KillAt killAt, string? signal = "TERM") =>
        Decision.Decide(state, operation, killAt, signal, Policy, Now);

    private static KillAt At(double seconds) => KillAt.Known(Now + TimeSpan.FromSeconds(seconds));

    private static OpenCall Open(Operation operation, KillAt killAt, long id = 1, string? signal = "TERM") =>
        new(id, operation, killAt, signal, false);

    private static OpenCall Step(double seconds, long id = 1) => new(id, Operation.Stop, At(seconds), "TERM", true);

    private static ContainerState With(params OpenCall[] open) => new(true, [.. open]);

    private static ContainerState Stuck(params OpenCall[] open) => With(open) with { EvidenceSince = Now - TimeSpan.FromMinutes(1) };
}
