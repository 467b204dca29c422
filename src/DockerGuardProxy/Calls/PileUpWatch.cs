using System.Collections.Immutable;

namespace DockerGuardProxy.Calls;

/// <summary>
/// Sees calls pile up that are not guarded yet: how many of a kind are open, and since when. Nothing is done about them.
/// </summary>
/// <remarks>
/// Invariant, under <c>_gate</c>: a call's node is in the list of its kind from <see cref="Begin"/> to <see cref="End"/>, oldest first.
/// </remarks>
internal sealed class PileUpWatch(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<LongCall>[] _open = [.. Enum.GetValues<LongCallKind>().Select(_ => new LinkedList<LongCall>())];

    /// <summary>A call begins.</summary>
    public void Begin(LongCall call, LongCallKind kind, string target)
    {
        lock (_gate)
        {
            (call.Kind, call.Target, call.Began) = (kind, target, time.GetTimestamp());
            _open[(int)kind].AddLast(call.Node);
        }
    }

    /// <summary>It has ended, however.</summary>
    public void End(LongCall call)
    {
        lock (_gate)
            call.Node.List?.Remove(call.Node);
    }

    /// <summary>Every kind of which calls are open.</summary>
    public ImmutableArray<OpenLongCalls> Open()
    {
        var kinds = ImmutableArray.CreateBuilder<OpenLongCalls>();
        lock (_gate)
        {
            foreach (var list in _open)
            {
                if (list.First is { Value: var oldest })
                    kinds.Add(new OpenLongCalls(oldest.Kind, list.Count, time.GetElapsedTime(oldest.Began)));
            }
        }

        return kinds.ToImmutable();
    }

    /// <summary>Every open call: its kind, the container as its caller names it, and its age. For a status, not for every second.</summary>
    public ImmutableArray<(LongCallKind Kind, string Reference, TimeSpan Age)> Calls()
    {
        (LongCallKind Kind, string Target, TimeSpan Age)[] calls;
        lock (_gate)
            calls = [.. _open.SelectMany(list => list).Select(call => (call.Kind, call.Target, time.GetElapsedTime(call.Began)))];
        return [.. calls.Select(call => (call.Kind, LongCall.ReferenceOf(call.Kind, call.Target), call.Age))];
    }
}
