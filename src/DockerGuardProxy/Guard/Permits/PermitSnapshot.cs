using System.Collections.Immutable;

namespace DockerGuardProxy.Guard.Permits;

/// <summary>The ledger at one moment, for status and gauges.</summary>
/// <param name="Totals">Since the process started.</param>
/// <param name="Waiting">Held callers.</param>
/// <param name="Containers">Every container of which a call is counted.</param>
internal sealed record PermitSnapshot(PermitTotals Totals, int Waiting, ImmutableArray<LockSnapshot> Containers);

/// <summary>One container of a <see cref="PermitSnapshot"/>.</summary>
/// <param name="Id">The full id.</param>
/// <param name="SlowFor">For how long its lock has been slow; null while it is not.</param>
/// <param name="Holder">Who may hold the lock; null where nobody is known.</param>
/// <param name="Kept">Unanswered calls for whose answer nobody waits.</param>
/// <param name="Calls">Unanswered and held ones by operation, in the order of the oldest.</param>
internal sealed record LockSnapshot(string Id, TimeSpan? SlowFor, SuspectedHolder? Holder, int Kept, ImmutableArray<CountedCalls> Calls)
{
    /// <summary>Held ones.</summary>
    public int Held => Calls.Sum(calls => calls.Held);
}

/// <summary>Calls of one operation that wait for one container.</summary>
/// <param name="Operation">As the table of calls names it.</param>
/// <param name="Unanswered">Sent, and without a byte of the answer.</param>
/// <param name="Held">Not sent yet.</param>
/// <param name="Oldest">Age of the oldest, from its sending or, of a held one, from its arrival.</param>
internal sealed record CountedCalls(string Operation, int Unanswered, int Held, TimeSpan Oldest);
