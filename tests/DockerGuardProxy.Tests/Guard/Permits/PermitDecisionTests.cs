using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Guard.Permits;
using Xunit;

namespace DockerGuardProxy.Tests.Guard.Permits;

/// <summary>The decision table, row by row: counts and ages just below and just above each bound.</summary>
public sealed class PermitDecisionTests
{
    private const LockPart Reader = LockPart.Permit | LockPart.Holdable | LockPart.Tellable, Walk = LockPart.Holdable;

    [Theory]
    // (2)
    [InlineData("inspect", 4, 2001, 0, 0, 0, false, PermitReason.LockSlow)]
    [InlineData("inspect", 4, 2000, 0, 0, 0, false, PermitReason.None)]
    [InlineData("inspect", 3, 9000, 0, 0, 0, true, PermitReason.None)]
    [InlineData("walk", 4, 2001, 0, 0, 0, true, PermitReason.LockSlow)]
    [InlineData("stats", 4, 2001, 0, 0, 0, true, PermitReason.LockSlow)]
    // (1)
    [InlineData("attach", 99, 9000, 0, 0, 0, true, PermitReason.None)]
    // (3)
    [InlineData("inspect", 64, 0, 0, 0, 0, false, PermitReason.Burst)]
    [InlineData("inspect", 63, 0, 99, 99, 0, false, PermitReason.None)]
    [InlineData("walk", 63, 0, 64, 0, 0, false, PermitReason.Burst)]
    [InlineData("walk", 99, 0, 63, 0, 0, false, PermitReason.None)]
    [InlineData("stats", 99, 0, 0, 64, 0, false, PermitReason.Burst)]
    // (4)
    [InlineData("stats", 2, 2001, 0, 0, 0, true, PermitReason.StatsBehindLock)]
    // (5)
    [InlineData("stats", 0, 0, 0, 2, 5001, false, PermitReason.StatsSlow)]
    [InlineData("stats", 0, 0, 0, 2, 5000, false, PermitReason.None)]
    [InlineData("stats", 0, 0, 0, 1, 9000, false, PermitReason.None)]
    internal void The_first_row_that_matches_wins(
        string call, int unanswered, int oldest, int walks, int stats, int oldestStats, bool isSlow, PermitReason reason)
    {
        var state = new LockState(
            unanswered, TimeSpan.FromMilliseconds(oldest), walks, stats, TimeSpan.FromMilliseconds(oldestStats), isSlow);
        var part = call switch { "inspect" => Reader, "walk" => Walk, "attach" => LockPart.Permit, _ => LockPart.None };
        var decided = PermitDecision.Decide(state, part, call == "stats", FamilyPolicies.Default);
        Assert.Equal(reason == PermitReason.None ? default : (reason, GuardMode.Enforce), decided);
    }

    [Fact]
    public void A_policy_that_is_off_matches_nothing_and_each_row_has_the_mode_of_its_own()
    {
        var state = new LockState(64, TimeSpan.FromMinutes(1), 64, 64, TimeSpan.FromMinutes(1), IsSlow: true);
        var families = FamilyPolicies.Default;
        var noLock = families with { Lock = families.Lock with { Mode = GuardMode.Off } };
        Assert.Equal(default, PermitDecision.Decide(state, Reader, false, noLock));
        Assert.Equal((PermitReason.Burst, GuardMode.Enforce), PermitDecision.Decide(state, LockPart.None, true, noLock));
        Assert.Equal(default, PermitDecision.Decide(state, LockPart.None, true, FamilyPolicies.Under(GuardMode.Off)));
        var observed = families with { Lock = families.Lock with { Mode = GuardMode.Observe } };
        Assert.Equal((PermitReason.LockSlow, GuardMode.Observe), PermitDecision.Decide(state, Reader, false, observed));
    }

    [Theory]
    [InlineData("GET", "/containers/web/json", Reader)]
    [InlineData("GET", "/containers/web/json?size=0", Reader)]
    [InlineData("GET", "/containers/web/json?x=1&size=1", LockPart.Holdable | LockPart.Tellable)]
    [InlineData("GET", "/v1.41/containers/web/top", Reader)]
    [InlineData("GET", "/containers/web/logs?follow=1", Reader)]
    [InlineData("GET", "/containers/web/changes", LockPart.Holdable | LockPart.Tellable | LockPart.Holder)]
    [InlineData("POST", "/containers/web/exec", LockPart.Permit | LockPart.Holdable)]
    [InlineData("HEAD", "/containers/web/archive?path=/", LockPart.Permit | LockPart.Holdable)]
    [InlineData("GET", "/containers/web/archive?path=/", LockPart.Permit | LockPart.Holder)]
    [InlineData("PUT", "/containers/web/archive?path=/", LockPart.Permit | LockPart.Holder)]
    [InlineData("POST", "/containers/web/attach?stream=1", LockPart.Permit)]
    [InlineData("GET", "/containers/web/attach/ws", LockPart.Permit)]
    [InlineData("POST", "/containers/web/start", LockPart.Permit | LockPart.Holder)]
    [InlineData("POST", "/containers/web/rename?name=x", LockPart.Permit)]
    [InlineData("POST", "/containers/web/update", LockPart.Permit)]
    [InlineData("POST", "/containers/web/pause", LockPart.Holder)]
    [InlineData("POST", "/containers/web/unpause", LockPart.Holder)]
    [InlineData("POST", "/containers/web/wait", LockPart.Permit)]
    [InlineData("POST", "/v1.30/containers/web/wait", LockPart.Permit)]
    [InlineData("POST", "/v1.29/containers/web/wait", LockPart.None)]
    [InlineData("GET", "/containers/web/stats", LockPart.None)]
    [InlineData("POST", "/containers/web/resize", LockPart.None)]
    [InlineData("POST", "/exec/0123/start", LockPart.HolderAtStart)]
    [InlineData("POST", "/exec/0123/resize", LockPart.None)]
    internal void The_table_says_what_a_call_has_to_do_with_the_lock(string method, string target, LockPart part) =>
        Assert.Equal(part, CallTable.Docker.Match(method, target).Row!.LockOf(target));
}
