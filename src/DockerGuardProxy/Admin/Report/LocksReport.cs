namespace DockerGuardProxy.Admin.Report;

/// <summary>What waits for containers' locks and shims, and what was done about it since the start.</summary>
/// <param name="Waiting">Callers that are held now.</param>
/// <param name="Held">Calls that were held.</param>
/// <param name="WouldHold">Calls that would have been held, had the policy not only observed.</param>
/// <param name="WrongHolds">Of both, those for which the lock became free within 1 s.</param>
/// <param name="Told">Callers that were told.</param>
/// <param name="WouldTell">Callers that would have been told.</param>
/// <param name="WrongTells">Of both, those whom the engine would have answered within 10 s more.</param>
/// <param name="Refused">Calls refused because too many were held already.</param>
/// <param name="Dropped">Held calls whose callers left: the engine was spared them.</param>
/// <param name="Containers">Those for which something waits, the longest first; at most <see cref="MaxContainers"/>.</param>
/// <param name="StatsWaitFor">The container for which the node's statistics probably wait; null while they come.</param>
/// <param name="PruneWaitsFor">The container on which an open prune probably waits; null where none is known.</param>
internal sealed record LocksReport(
    int Waiting,
    long Held,
    long WouldHold,
    long WrongHolds,
    long Told,
    long WouldTell,
    long WrongTells,
    long Refused,
    long Dropped,
    IReadOnlyList<LockReport> Containers,
    string? StatsWaitFor,
    string? PruneWaitsFor)
{
    /// <summary>What lasts longest comes first, and the rest is seen in metrics.</summary>
    public const int MaxContainers = 50;
}

/// <summary>A container for whose lock or shim calls wait.</summary>
/// <param name="Id">Full id.</param>
/// <param name="Name">Name without the leading slash; empty where nobody knows it any more.</param>
/// <param name="Pod">Its pod, if labelled.</param>
/// <param name="SlowSeconds">For how long its lock has been slow; null while it is not.</param>
/// <param name="Holder">The oldest open call of a kind that may hold the lock, and whose it is; null where none is known.</param>
/// <param name="HolderSince">Since when that is open.</param>
/// <param name="Kept">Unanswered calls for whose answer nobody waits any more.</param>
/// <param name="Calls">By operation.</param>
internal sealed record LockReport(
    string Id, string Name, PodReport? Pod, double? SlowSeconds, string? Holder, DateTimeOffset? HolderSince, int Kept,
    IReadOnlyList<CountedCallsReport> Calls);

/// <summary>Calls of one operation that wait for one container.</summary>
/// <param name="Operation">As the table of calls names it.</param>
/// <param name="Unanswered">Sent, and without a byte of the answer.</param>
/// <param name="Held">Not sent yet.</param>
/// <param name="OldestSeconds">Age of the oldest.</param>
internal sealed record CountedCallsReport(string Operation, int Unanswered, int Held, double OldestSeconds);

/// <summary>Who is out of every policy.</summary>
/// <param name="Labels">Containers with any of these labels; an empty value stands for every value.</param>
/// <param name="Callers">Programs by name.</param>
internal sealed record ExemptReport(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<string> Callers);
