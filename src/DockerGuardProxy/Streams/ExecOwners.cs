namespace DockerGuardProxy.Streams;

/// <summary>
/// Which containers exec instances are of that were made through us and have not been started: from 24.0 on the engine does not say it any more
/// once the exec's process has exited and its client does not read.
/// </summary>
/// <remarks>Invariant, under <c>_gate</c>: what is in the queue is in the map, or was taken out of it.</remarks>
internal sealed class ExecOwners
{
    /// <summary>As many are kept; an instance is mostly started right after it was made.</summary>
    internal const int Max = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>An instance was made.</summary>
    /// <param name="exec">Its id.</param>
    /// <param name="container">Full id of the container.</param>
    public void Add(string exec, string container)
    {
        lock (_gate)
        {
            if (_owners.TryAdd(exec, container)) _order.Enqueue(exec);
            while (_order.Count > Max) _owners.Remove(_order.Dequeue());
        }
    }

    /// <summary>The container of one that has not been started, if that is known.</summary>
    public string? Find(string exec)
    {
        lock (_gate) return _owners.GetValueOrDefault(exec);
    }

    /// <summary>One is started: the container that it is of, if that is known.</summary>
    public string? Take(string exec)
    {
        lock (_gate) return _owners.Remove(exec, out var container) ? container : null;
    }
}
