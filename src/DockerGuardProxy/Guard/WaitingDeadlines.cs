using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Guard;

/// <summary>
/// When callers who ask the same of one container are to be told, the first of them at hand. A deadline is the later of a time that is the
/// same for all of them and changes (evidence, the first SIGKILL) and one of the caller's own that does not: so they are kept in the
/// order of the latter, and whatever changes the former touches none of them.
/// </summary>
internal sealed class WaitingDeadlines(Operation operation)
{
    private readonly SortedSet<Ticket> _byRepeatEnd = new(ByRepeatEnd.Instance);
    private readonly SortedSet<Ticket> _byMaxWaitEnd = new(ByMaxWaitEnd.Instance);

    /// <summary>What they ask.</summary>
    public Operation Operation => operation;

    /// <summary>The first to be told where there is evidence; null if nobody waits.</summary>
    public Ticket? FirstByEvidence => _byRepeatEnd.Min;

    /// <summary>The first to be told where nobody can tell whether there is; null if nobody waits.</summary>
    public Ticket? FirstByMaxWait => _byMaxWaitEnd.Min;

    public void Add(Ticket ticket)
    {
        _byRepeatEnd.Add(ticket);
        _byMaxWaitEnd.Add(ticket);
    }

    public void Remove(Ticket ticket)
    {
        _byRepeatEnd.Remove(ticket);
        _byMaxWaitEnd.Remove(ticket);
    }

    public void Clear()
    {
        _byRepeatEnd.Clear();
        _byMaxWaitEnd.Clear();
    }

    private static int Compare(TimeSpan one, TimeSpan other, Ticket x, Ticket y)
    {
        var byTime = one.CompareTo(other);
        return byTime != 0 ? byTime : x.Place.CompareTo(y.Place);
    }

    private sealed class ByRepeatEnd : IComparer<Ticket>
    {
        public static ByRepeatEnd Instance { get; } = new();

        public int Compare(Ticket? x, Ticket? y) => WaitingDeadlines.Compare(x!.RepeatEnd, y!.RepeatEnd, x, y);
    }

    private sealed class ByMaxWaitEnd : IComparer<Ticket>
    {
        public static ByMaxWaitEnd Instance { get; } = new();

        public int Compare(Ticket? x, Ticket? y) => WaitingDeadlines.Compare(x!.MaxWaitEnd, y!.MaxWaitEnd, x, y);
    }
}
