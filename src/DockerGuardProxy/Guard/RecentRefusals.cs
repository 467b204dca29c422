using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Guard;

/// <summary>Refusals of one container in the last 60 s, by second and operation, so that a storm of them stays small.</summary>
internal sealed class RecentRefusals
{
    /// <summary>An exit within this time proves a refusal wrong.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromSeconds(60);

    private readonly List<(TimeSpan At, Operation Operation, int Count)> _counts = [];

    public bool IsEmpty => _counts.Count == 0;

    /// <summary>When the oldest is to be forgotten; null if empty.</summary>
    public TimeSpan? NextDue => IsEmpty ? null : _counts[0].At + Span;

    public void Add(Operation operation, TimeSpan now)
    {
        // Counted to the end of their second: never forgotten early.
        var second = TimeSpan.FromSeconds(Math.Ceiling(now.TotalSeconds));
        for (var i = _counts.Count - 1; i >= 0 && _counts[i].At == second; i--)
        {
            if (_counts[i].Operation != operation)
                continue;
            _counts[i] = _counts[i] with { Count = _counts[i].Count + 1 };
            return;
        }
        _counts.Add((second, operation, 1));
    }

    public void Forget(TimeSpan now) => _counts.RemoveAll(count => count.At + Span <= now);

    /// <summary>Takes all out, summed by operation.</summary>
    public IEnumerable<(Operation Operation, int Count)> TakeAll()
    {
        var sums = _counts.GroupBy(count => count.Operation).Select(group => (group.Key, group.Sum(count => count.Count))).ToArray();
        _counts.Clear();
        return sums;
    }
}
