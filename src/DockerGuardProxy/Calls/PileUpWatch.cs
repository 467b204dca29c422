using System.Collections.Immutable;

namespace DockerGuardProxy.Calls;

/// <summary>
/// Sees calls pile up that are not guarded yet: how many of an operation are open, and since when. Nothing is done about them.
/// </summary>
/// <remarks>
/// Invariant, under <c>_gate</c>: a call's node is in the list of its operation from <see cref="Begin"/> to <see cref="End"/>, oldest first.
/// </remarks>
internal sealed class PileUpWatch(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedList<LongCall>> _open = [];

    /// <summary>A call begins.</summary>
    /// <param name="call">Its place.</param>
    /// <param name="row">A row that <see cref="CallRow.IsWatched"/>.</param>
    /// <param name="target">Its target as it came.</param>
    public void Begin(LongCall call, CallRow row, string target)
    {
        lock (_gate)
        {
            (call.Row, call.Target, call.Began) = (row, target, time.GetTimestamp());
            if (!_open.TryGetValue(row.Name!, out var list)) _open.Add(row.Name!, list = []);
            list.AddLast(call.Node);
        }
    }

    /// <summary>It has ended, however.</summary>
    public void End(LongCall call)
    {
        lock (_gate)
            call.Node.List?.Remove(call.Node);
    }

    /// <summary>Every operation of which calls are open.</summary>
    public ImmutableArray<OpenLongCalls> Open()
    {
        var operations = ImmutableArray.CreateBuilder<OpenLongCalls>();
        lock (_gate)
        {
            foreach (var (operation, list) in _open)
            {
                if (list.First is { Value: var oldest })
                    operations.Add(new OpenLongCalls(operation, list.Count, time.GetElapsedTime(oldest.Began)));
            }
        }

        return operations.ToImmutable();
    }

    /// <summary>Every open call: its row, whom it means as its caller names it, and its age. For a status, not for every second.</summary>
    public ImmutableArray<(CallRow Row, string Reference, TimeSpan Age)> Calls()
    {
        (CallRow Row, string Target, TimeSpan Age)[] calls;
        lock (_gate)
            calls = [.. _open.Values.SelectMany(list => list).Select(call => (call.Row!, call.Target, time.GetElapsedTime(call.Began)))];
        return [.. calls.Select(call => (call.Row, call.Row.ReferenceIn(call.Target), call.Age))];
    }
}
