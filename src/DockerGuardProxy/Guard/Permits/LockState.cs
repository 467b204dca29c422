namespace DockerGuardProxy.Guard.Permits;

/// <summary>What decisions about one container rest on.</summary>
/// <param name="Unanswered">Permits that are out.</param>
/// <param name="OldestUnanswered">Age of the oldest of them; zero without one.</param>
/// <param name="Walks">Unanswered calls that take no permit and may be held.</param>
/// <param name="Stats">Unanswered calls for statistics.</param>
/// <param name="OldestStats">Age of the oldest of these; zero without one.</param>
/// <param name="IsSlow">The container's lock counts as slow.</param>
internal readonly record struct LockState(
    int Unanswered, TimeSpan OldestUnanswered, int Walks, int Stats, TimeSpan OldestStats, bool IsSlow);
