namespace DockerGuardProxy.Probe;

/// <summary>When a container is looked at whole again. Times on any one clock.</summary>
/// <param name="LookedAt">When the last whole look ended.</param>
/// <param name="Interval">From there to the next.</param>
/// <param name="Stands">Cheap looks are made meanwhile.</param>
internal readonly record struct LookPace(TimeSpan LookedAt, TimeSpan Interval, bool Stands)
{
    /// <summary>The first interval of a look that stands: what it names may be on its way out as well.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(2);

    /// <summary>The longest of a look that stands, as far as the budget allows it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>
    /// What can't be confirmed by cheap looks is looked at again after this time at the latest, whatever it costs: others may have used
    /// the budget up, and without a report for 30 s the ledger forgets what was seen.
    /// </summary>
    public static readonly TimeSpan Overdue = TimeSpan.FromSeconds(10);

    /// <summary>Whether the time has come.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isInCredit">The budget allows it.</param>
    public bool IsDue(TimeSpan now, bool isInCredit) =>
        now - LookedAt >= Interval && (isInCredit || (!Stands && now - LookedAt >= Overdue));

    /// <summary>A whole look has ended.</summary>
    /// <param name="now">The time.</param>
    /// <param name="stands">Cheap looks can confirm it.</param>
    /// <param name="isSame">It has found what the one before had found.</param>
    public LookPace Next(TimeSpan now, bool stands, bool isSame)
    {
        if (!stands)
            return new(now, TimeSpan.Zero, false);
        var next = Stands && isSame && Interval >= Shortest ? Interval * 2 : Shortest;
        return new(now, next < Longest ? next : Longest, true);
    }

    /// <summary>What is told may be wrong by now: as soon as the budget allows it.</summary>
    public LookPace Sooner() => this with { Interval = TimeSpan.Zero };
}
