using DockerGuardProxy.Probe;
using Xunit;

namespace DockerGuardProxy.Tests.Probe;

/// <summary>Pace and budget together, on a clock of numbers.</summary>
public sealed class LookPaceTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(0.5), Hour = TimeSpan.FromHours(1);

    /// <summary>A whole look at 5,000 tasks takes 0.4 s, one at few a few milliseconds.</summary>
    [Theory]
    [InlineData(0.4, 15, 60)]
    [InlineData(0.02, 60, 80)]
    [InlineData(10, 1, 4)]
    public void Whole_looks_at_what_stands_get_rarer_and_keep_to_the_budget(double cost, int least, int most)
    {
        var (looks, spent) = Run(cost, stands: true);
        Assert.InRange(looks, least, most);
        Assert.InRange(spent.TotalSeconds, 0, (Hour * ProbeBudget.Share).TotalSeconds + ProbeBudget.Most.TotalSeconds + cost);
    }

    [Fact]
    public void What_cannot_be_confirmed_is_looked_at_every_time_as_long_as_that_is_cheap() =>
        Assert.Equal(Hour / Tick, Run(cost: 0.002, stands: false).Looks);

    [Fact]
    public void What_cannot_be_confirmed_is_looked_at_in_the_end_whatever_it_costs() =>
        Assert.InRange(Run(cost: 10, stands: false).Looks, Hour / LookPace.Overdue - 1, Hour / LookPace.Overdue + 1);

    [Fact]
    public void A_changed_diagnosis_begins_with_the_shortest_interval()
    {
        var pace = default(LookPace).Next(TimeSpan.Zero, stands: true, isSame: false);
        for (var i = 0; i < 10; i++)
            pace = pace.Next(TimeSpan.Zero, stands: true, isSame: true);
        Assert.Equal(LookPace.Longest, pace.Interval);
        Assert.Equal(LookPace.Shortest, pace.Next(TimeSpan.Zero, stands: true, isSame: false).Interval);
        Assert.Equal(LookPace.Shortest, pace.Sooner().Next(TimeSpan.Zero, stands: true, isSame: true).Interval);
        Assert.True(pace.Sooner().IsDue(TimeSpan.FromSeconds(1), isInCredit: true));
        Assert.False(pace.Sooner().IsDue(TimeSpan.FromHours(1), isInCredit: false));
    }

    private static (int Looks, TimeSpan Spent) Run(double cost, bool stands)
    {
        var (looks, spent) = (0, TimeSpan.Zero);
        var budget = ProbeBudget.Begin(TimeSpan.Zero, spent);
        var pace = default(LookPace).Next(TimeSpan.Zero, stands, isSame: false);
        for (var now = Tick; now <= Hour; now += Tick)
        {
            budget = budget.Move(now, spent);
            if (!pace.IsDue(now, budget.IsInCredit))
                continue;
            looks++;
            spent += TimeSpan.FromSeconds(cost);
            pace = pace.Next(now, stands, isSame: true);
        }

        return (looks, spent);
    }
}
