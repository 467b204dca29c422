using DockerGuardProxy.Guard;
using Xunit;
using static DockerGuardProxy.Tests.Guard.LedgerRig;

namespace DockerGuardProxy.Tests.Guard;

public sealed class LedgerLimitTests
{
    [Theory]
    [InlineData(3, 4096)]
    [InlineData(256, 3)]
    public void Callers_that_joined_count(int ofContainer, int ofNode)
    {
        using var rig = new LedgerRig(
            GuardPolicy.Default with { MaxWaitingPerContainer = ofContainer, MaxWaitingOnNode = ofNode });
        rig.Stop(600);
        rig.Stop(600);
        var joined = Enumerable.Range(0, 3).Select(_ => rig.Stop(600)).ToArray();
        Assert.All(joined, ticket => Assert.Equal(VerdictKind.Join, ticket.First.Kind));
        Assert.Equal(Reason.TooManyWaiting, rig.Restart(600).First.Reason);
        Assert.Equal(3, rig.Sent.Count);
        rig.Ledger.CallerLeft(joined[1]);
        Assert.Equal(VerdictKind.Hold, rig.Restart(600).First.Kind);
    }

    [Fact]
    public void Beyond_the_limit_a_call_is_refused_once_the_container_is_stuck()
    {
        using var rig = new LedgerRig(GuardPolicy.Default with { MaxWaitingPerContainer = 2 }) { Finds = DState };
        rig.Kill();
        rig.Advance(12);
        Assert.Equal(VerdictKind.Hold, rig.Kill().First.Kind);
        Assert.Equal(VerdictKind.Hold, rig.Kill().First.Kind);
        Assert.Equal(Reason.TooManyWaiting, AssertRefused(rig.Kill()).Reason);
        Assert.Equal(2, rig.Ledger.Snapshot().WaitingCalls);
        Assert.Single(rig.Sent);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Beyond_the_limit_a_call_joins_all_the_same_before_patience_is_over(bool hasEvidence)
    {
        using var rig = new LedgerRig(GuardPolicy.Default with { MaxWaitingPerContainer = 2 }) { Finds = hasEvidence ? DState : CannotTell };
        var lead = rig.Kill();
        rig.Advance(5);
        var joined = Enumerable.Range(0, 10).Select(_ => rig.Kill()).ToArray();
        Assert.Single(rig.Sent);
        rig.Exit();
        Assert.All(joined, ticket => AssertCopied(ticket, 204, lead));
    }
}
