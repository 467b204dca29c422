using System.Collections.Immutable;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Guard;

/// <summary>Refusals of one container in the last 60 s, by second, operation and grounds, so that a storm of them stays small.</summary>
internal sealed class RecentRefusals
{
    /// <summary>A container that exits within this time has ended soon after the refusal.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromSeconds(60);

    private readonly List<(TimeSpan At, Operation Operation, Diagnosis? Grounds, int Count)> _counts = [];

    public bool IsEmpty => _counts.Count == 0;

    /// <summary>When the oldest is to be forgotten; null if empty.</summary>
    public TimeSpan? NextDue => IsEmpty ? null : _counts[0].At + Span;

    /// <param name="operation">What was refused.</param>
    /// <param name="grounds">The evidence that its text was written of; null without evidence.</param>
    /// <param name="now">Time on the ledger's clock.</param>
    public void Add(Operation operation, Diagnosis? grounds, TimeSpan now)
    {
        // Counted to the end of their second: never forgotten early.
        var second = TimeSpan.FromSeconds(Math.Ceiling(now.TotalSeconds));
        for (var i = _counts.Count - 1; i >= 0 && _counts[i].At == second; i--)
        {
            if (_counts[i].Operation != operation || !ReferenceEquals(_counts[i].Grounds, grounds))
                continue;
            _counts[i] = _counts[i] with { Count = _counts[i].Count + 1 };
            return;
        }
        _counts.Add((second, operation, grounds, 1));
    }

    public void Forget(TimeSpan now) => _counts.RemoveAll(count => count.At + Span <= now);

    /// <summary>Takes all out, those together that rest on the same grounds.</summary>
    public ImmutableArray<EndedRefusals> TakeAll(GuardedContainer container)
    {
        var ended = _counts.GroupBy(count => count.Grounds, ReferenceEqualityComparer.Instance).Select(group => new EndedRefusals(
            container,
            RefusalText.Named((Diagnosis?)group.Key),
            [.. group.GroupBy(count => count.Operation).Select(counts => (counts.Key, counts.Sum(count => count.Count)))])).ToImmutableArray();
        _counts.Clear();
        return ended;
    }
}

/// <summary>Refusals of the last 60 s before a container's end that all named the same tasks.</summary>
/// <param name="Container">Whose.</param>
/// <param name="Named">The tasks that their text named; empty where it named none, and nothing can be told of it.</param>
/// <param name="Counts">How many, by operation.</param>
internal sealed record EndedRefusals(
    GuardedContainer Container, ImmutableArray<StuckTask> Named, ImmutableArray<(Operation Operation, int Count)> Counts);
