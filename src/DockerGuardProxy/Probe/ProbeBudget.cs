namespace DockerGuardProxy.Probe;

/// <summary>
/// How much CPU time looks may take: <see cref="Share"/> of a core over the time of an incident, however many tasks and containers are stuck.
/// </summary>
/// <param name="Balance">What is left; negative after a look that took more.</param>
/// <param name="At">When that was.</param>
/// <param name="Spent">What all looks had taken by then.</param>
internal readonly record struct ProbeBudget(TimeSpan Balance, TimeSpan At, TimeSpan Spent)
{
    /// <summary>The part of a core. What the process does beside looking makes it one in a hundred.</summary>
    public const double Share = 0.006;

    /// <summary>What may be saved up: the first looks at a container must not wait.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(0.1);

    /// <summary>True where a look that can wait need not.</summary>
    public bool IsInCredit => Balance > TimeSpan.Zero;

    /// <summary>Nothing has been spent.</summary>
    public static ProbeBudget Begin(TimeSpan now, TimeSpan spent) => new(Most, now, spent);

    /// <summary>Brings it to another time.</summary>
    /// <param name="now">The time.</param>
    /// <param name="spent">What all looks have taken by now.</param>
    public ProbeBudget Move(TimeSpan now, TimeSpan spent)
    {
        var saved = Balance + ((now - At) * Share);
        return new((saved < Most ? saved : Most) - (spent - Spent), now, spent);
    }
}
