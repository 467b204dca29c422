using DockerGuardProxy.Campaign.Chaos;
using Xunit;

namespace DockerGuardProxy.Tests.Campaign;

public sealed class ChaosPlanTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly ChaosKind[] Kinds = Enum.GetValues<ChaosKind>();

    [Fact]
    public void The_same_seed_makes_the_same_plan_today_and_later()
    {
        Assert.Equal(ChaosPlan.Of(7, 0, Hour, Kinds), ChaosPlan.Of(7, 0, Hour, Kinds));
        // Written down: a run that failed elsewhere can be played again.
        var first = new PlannedChaos(
            TimeSpan.FromMilliseconds(14534), ChaosKind.PoliciesSwitched, TimeSpan.FromMilliseconds(6969), 0x5d7e12e313386cac);
        Assert.Equal(first, ChaosPlan.Of(1, 0, Hour, Kinds)[0]);
    }

    [Fact]
    public void Other_seeds_and_other_engines_have_other_plans()
    {
        var plans = new[] { ChaosPlan.Of(7, 0, Hour, Kinds), ChaosPlan.Of(8, 0, Hour, Kinds), ChaosPlan.Of(7, 1, Hour, Kinds) };
        Assert.Equal(plans.Length, plans.Select(plan => string.Join(' ', plan.Select(chaos => chaos.Kind))).Distinct().Count());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(18446744073709551615)]
    public void It_is_one_at_a_time_within_the_campaign_and_each_kind_comes_before_any_comes_again(ulong seed)
    {
        var plan = ChaosPlan.Of(seed, 0, Hour, Kinds);
        Assert.True(plan.Length > 10 * Kinds.Length, $"only {plan.Length}");
        Assert.True(plan[0].At > ChaosPlan.WarmUp);
        Assert.True(plan[^1].At + plan[^1].Length < Hour - ChaosPlan.CalmDown);
        for (var index = 1; index < plan.Length; index++)
            Assert.True(plan[index].At > plan[index - 1].At + plan[index - 1].Length);
        for (var start = 0; start + Kinds.Length <= plan.Length; start += Kinds.Length)
            Assert.Equal(Kinds.Length, plan.Skip(start).Take(Kinds.Length).Select(chaos => chaos.Kind).Distinct().Count());
    }

    [Fact]
    public void Five_minutes_have_every_kind() => Assert.Equal(
        Kinds.Length, ChaosPlan.Of(1, 0, TimeSpan.FromMinutes(5), Kinds).Select(chaos => chaos.Kind).Distinct().Count());

    [Fact]
    public void Without_time_or_kinds_there_is_none()
    {
        Assert.Empty(ChaosPlan.Of(1, 0, TimeSpan.FromSeconds(10), Kinds));
        Assert.Empty(ChaosPlan.Of(1, 0, Hour, []));
    }

    [Fact]
    public void What_others_notice_lasts_until_shortly_after_it_was_undone()
    {
        ChaosWindow[] windows =
        [
            new(ChaosKind.EngineKilled, S(10), S(20)), new(ChaosKind.StateFull, S(30), S(40)), new(ChaosKind.ProxyKilled, S(50), null),
        ];
        Assert.Equal(Trouble.None, ChaosLog.Between(windows, S(0), S(9)));
        Assert.Equal(Trouble.EngineAway | Trouble.EngineSlow, ChaosLog.Between(windows, S(0), S(11)));
        Assert.Equal(Trouble.EngineAway | Trouble.EngineSlow, ChaosLog.Between(windows, S(24), S(26)));
        Assert.Equal(Trouble.None, ChaosLog.Between(windows, S(26), S(45)));
        Assert.Equal(Trouble.ProxyAway, ChaosLog.Between(windows, S(100), S(101)));
        Assert.Equal(Trouble.EngineAway | Trouble.EngineSlow | Trouble.ProxyAway, ChaosLog.Between(windows, S(0), S(101)));
    }

    private static TimeSpan S(int seconds) => TimeSpan.FromSeconds(seconds);
}
