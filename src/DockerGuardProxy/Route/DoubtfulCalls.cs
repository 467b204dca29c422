namespace DockerGuardProxy.Route;

/// <summary>
/// Limits the calls that are forwarded although nobody could say whom their name means: of those about one container, so many are unanswered
/// at a time, and the others wait for a place.
/// </summary>
/// <remarks>Invariant, under <c>_gate</c>: a line is kept while somebody is in it; who waits, waits only while all its places are taken.</remarks>
internal sealed class DoubtfulCalls
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private int _waiting;

    /// <summary>How many wait for a place, of all containers.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate) return _waiting;
        }
    }

    /// <summary>Waits for a place.</summary>
    /// <param name="id">The container that the index takes the name for.</param>
    /// <param name="places">How many there are.</param>
    /// <param name="cancellationToken">Ends the wait: the name is to be asked for again, or nobody wants the place any more.</param>
    /// <returns>True with a place, to be given back by <see cref="Leave"/>; false without.</returns>
    public async ValueTask<bool> EnterAsync(string id, int places, CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource> node;
        lock (_gate)
        {
            if (!_lines.TryGetValue(id, out var line))
                _lines[id] = line = new Line();
            if (line.Taken < places)
            {
                line.Taken++;
                return true;
            }

            node = line.Waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            _waiting++;
        }

        try
        {
            await node.Value.Task.WaitAsync(cancellationToken);
            return true;
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                // A place may have been given at the same moment: then it is ours all the same.
                if (node.List is null)
                    return true;
                node.List.Remove(node);
                _waiting--;
                return false;
            }
        }
    }

    /// <summary>Gives a place back: to the one who has waited longest, if somebody waits.</summary>
    public void Leave(string id)
    {
        lock (_gate)
        {
            var line = _lines[id];
            if (line.Waiting.First is { } next)
            {
                line.Waiting.Remove(next);
                _waiting--;
                next.Value.SetResult();
                return;
            }

            if (--line.Taken == 0)
                _lines.Remove(id);
        }
    }

    private sealed class Line
    {
        public int Taken { get; set; }

        public LinkedList<TaskCompletionSource> Waiting { get; } = new();
    }
}
