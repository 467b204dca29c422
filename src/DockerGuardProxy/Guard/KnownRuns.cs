namespace DockerGuardProxy.Guard;

/// <summary>
/// Where an entry's present run stands among the runs that the index has counted. The engine's answers are ahead of its events: a stop
/// that was answered 204 has ended a run whose <c>die</c> is still to come, and that event must not end the next one.
/// </summary>
/// <param name="Present">The present run's number in the index; 0 as long as the index has not told of it, or where none is on.</param>
/// <param name="Past">The newest run that is known to be over; 0 for none.</param>
internal readonly record struct KnownRuns(long Present, long Past)
{
    /// <summary>What a container shows when it is first met.</summary>
    public static KnownRuns Of(GuardedContainer container) =>
        container.IsRunning ? During(container.Run) : new KnownRuns(0, container.Run);

    /// <summary>The run is on, so all before it are over.</summary>
    public static KnownRuns During(long run) => new(run, run - 1);

    /// <summary>True where the run of that number is over already: what is told of it comes late.</summary>
    public bool IsPast(long run) => run <= Past;

    /// <summary>
    /// The present run is over. Its successor may be on already, and get its number later. Where the present one has no number yet, none is
    /// guessed: the index may have missed runs, and a number too high would make it deaf to a real end.
    /// </summary>
    public KnownRuns Over() => new(0, Math.Max(Past, Present));

    /// <summary>The run of that number, and with it every one before, is over.</summary>
    public KnownRuns OverUpTo(long run) => new(Present > run ? Present : 0, Math.Max(Past, run));
}
