namespace DockerGuardProxy.Guard;

/// <summary>Which entry of the ledger has something to do next. Belongs to the ledger's lock.</summary>
internal sealed class LedgerSchedule
{
    private readonly SortedSet<ContainerEntry> _byTime = new(ByTime.Instance);

    /// <summary>The next one; null if nothing is due by time.</summary>
    public ContainerEntry? First => _byTime.Min;

    /// <summary>Those that are due, the earliest first.</summary>
    public ContainerEntry[] Due(TimeSpan now) => [.. _byTime.TakeWhile(entry => entry.ScheduledFor <= now)];

    /// <summary>The entry is due at <paramref name="time"/>, or never.</summary>
    public void Set(ContainerEntry entry, TimeSpan? time)
    {
        if (entry.ScheduledFor == time)
            return;
        if (entry.ScheduledFor is not null)
            _byTime.Remove(entry);
        entry.ScheduledFor = time;
        if (time is not null)
            _byTime.Add(entry);
    }

    public void Clear() => _byTime.Clear();

    private sealed class ByTime : IComparer<ContainerEntry>
    {
        public static ByTime Instance { get; } = new();

        public int Compare(ContainerEntry? x, ContainerEntry? y)
        {
            var byTime = Nullable.Compare(x!.ScheduledFor, y!.ScheduledFor);
            return byTime != 0 ? byTime : x.Number.CompareTo(y.Number);
        }
    }
}
