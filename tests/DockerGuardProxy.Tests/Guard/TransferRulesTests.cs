using DockerGuardProxy.Guard;
using Xunit;

namespace DockerGuardProxy.Tests.Guard;

public sealed class TransferRulesTests
{
    private static readonly TransfersPolicy Policy = new() { Mode = GuardMode.Enforce };

    [Theory]
    [InlineData(true, 300, true, "Cut")]
    [InlineData(true, 299.9, true, "Leave")]
    [InlineData(true, 86_400, false, "Leave")]
    [InlineData(false, 86_400, true, "Leave")]
    public void One_is_cut_only_by_its_clients_own_fault_and_while_others_wait(bool isClientsTurn, double unmoved, bool othersWait, string verdict) =>
        Assert.Equal(verdict, TransferRules.Judge(Facts(isClientsTurn, unmoved, othersWait), Policy).ToString());

    [Fact]
    public void In_observe_it_is_said_off_nothing_is_and_never_twice()
    {
        var facts = Facts(true, 300, true);
        Assert.Equal(TransferVerdict.Say, TransferRules.Judge(facts, new TransfersPolicy()));
        Assert.Equal(TransferVerdict.Leave, TransferRules.Judge(facts, Policy with { Mode = GuardMode.Off }));
        Assert.Equal(TransferVerdict.Leave, TransferRules.Judge(facts with { IsDone = true }, Policy));
        Assert.Equal(TransferVerdict.Leave, TransferRules.Judge(facts with { IsSaid = true }, new TransfersPolicy()));
        Assert.Equal(TransferVerdict.Cut, TransferRules.Judge(facts with { IsSaid = true }, Policy));
    }

    private static TransferFacts Facts(bool isClientsTurn, double unmoved, bool othersWait) =>
        new(isClientsTurn, TimeSpan.FromSeconds(unmoved), othersWait, IsSaid: false, IsDone: false);
}
