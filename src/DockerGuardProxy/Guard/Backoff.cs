namespace DockerGuardProxy.Guard;

/// <summary>The pauses between attempts on a container whose attempts end without an exit event.</summary>
/// <param name="Until">When the pause ends; null where it has, or there is none.</param>
/// <param name="Level">Pauses so far; indexes the list of the policy.</param>
/// <param name="Since">When the present pause began.</param>
internal readonly record struct Backoff(TimeSpan? Until, int Level, TimeSpan Since)
{
    /// <summary>No attempt has failed.</summary>
    public static Backoff None { get; }

    /// <summary>
    /// An attempt has ended. One that was sent before the present pause began belongs to the same failure: it prolongs the pause
    /// and does not raise it.
    /// </summary>
    public Backoff After(TimeSpan sentAt, GuardPolicy policy, TimeSpan now)
    {
        var level = Level > 0 && sentAt < Since ? Level : Level + 1;
        var pause = policy.BackoffAt(level - 1);
        return new Backoff(pause > TimeSpan.Zero ? now + pause : null, level, now);
    }

    /// <summary>The pause is over; the level stays.</summary>
    public Backoff Elapsed() => this with { Until = null };
}
