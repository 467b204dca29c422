namespace DockerGuardProxy.Guard;

/// <summary>
/// What the ledger keeps of each container, and which is due next. An entry that keeps nothing is not kept. A fault in one forwards whatever
/// waits there, and nothing is decided about that container for a time; nobody else notices. Belongs to the lock of
/// <see cref="LedgerKeeper"/>.
/// </summary>
internal sealed class LedgerEntries(LedgerTotals totals)
{
    private readonly Dictionary<string, ContainerEntry> _byId = new(StringComparer.Ordinal);
    private readonly LedgerSchedule _schedule = new();

    /// <summary>When the first has something to do; null if nothing is due by time.</summary>
    public TimeSpan? NextDue => _schedule.First?.ScheduledFor;

    public IReadOnlyCollection<ContainerEntry> All => _byId.Values;

    public ContainerEntry? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>Gives one input to the container's entry, made anew where nothing is kept of it.</summary>
    public void With<T>(GuardedContainer container, T state, Turn turn, Action<ContainerEntry, T, Turn> input)
    {
        if (!_byId.TryGetValue(container.Id, out var entry))
        {
            entry = new ContainerEntry(container, totals);
            _byId.Add(container.Id, entry);
        }
        With(entry, state, turn, input);
    }

    /// <summary>Gives one input to the container's entry, if there is one.</summary>
    public void WithKnown<T>(string id, T state, Turn turn, Action<ContainerEntry, T, Turn> input)
    {
        if (_byId.TryGetValue(id, out var entry))
            With(entry, state, turn, input);
    }

    /// <summary>Gives one input to every entry.</summary>
    public void ForEach<T>(T state, Turn turn, Action<ContainerEntry, T, Turn> input)
    {
        foreach (var entry in _byId.Values.ToArray())
            With(entry, state, turn, input);
    }

    /// <summary>Does what is due by time.</summary>
    public void ForDue(Turn turn)
    {
        foreach (var entry in _schedule.Due(turn.Now))
            With(entry, 0, turn, static (_, _, _) => { });
    }

    /// <summary>After a fault of no entry none is trusted: whoever waits is forwarded, and all begins anew.</summary>
    public void FailOpen(Turn turn)
    {
        foreach (var entry in _byId.Values)
            entry.FailOpen(turn);
        _byId.Clear();
        _schedule.Clear();
    }

    private void With<T>(ContainerEntry entry, T state, Turn turn, Action<ContainerEntry, T, Turn> input)
    {
        try
        {
            input(entry, state, turn);
            entry.Settle(turn);
        }
        catch (Exception fault)
        {
            turn.Report(new GuardEvent.Faulted(fault, entry.Container));
            entry.FailOpen(turn);
            _schedule.Set(entry, null);
            entry = _byId[entry.Container.Id] = entry.Quarantined(turn.Now);
        }
        if (entry.IsEmpty)
            _byId.Remove(entry.Container.Id);
        _schedule.Set(entry, entry.IsEmpty ? null : entry.NextDue);
    }
}
