using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;

namespace DockerGuardProxy.Engine;

/// <summary>
/// The execs that run in each container, by the engine's events: those of health checks and of clients that bypass us are among them. What ran
/// before the index met the engine, or began in a gap of its events, is not counted: it tells of too few rather than of too many. A start that
/// fails has no end in the events (moby <c>daemon/exec.go</c>), so many of a container are in doubt until the engine was asked.
/// </summary>
/// <remarks>Invariant, under <c>_gate</c>: an exec is in the set of its container from its start to its end, or to the container's.</remarks>
internal sealed class RunningExecs
{
    /// <summary>Of one container. Far beyond what an engine bears; so that a lost end can't fill the memory.</summary>
    public const int MaxOfContainer = 4096;

    /// <summary>From here on nobody runs so many in a container on purpose: each keeps 7 goroutines and 5 descriptors in dockerd.</summary>
    public const int Many = 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<string>> _running = [];

    /// <summary>Has the engine asked which execs of a container really run, at 32, 64, 128 ... of them. Set by the learner's owner.</summary>
    public Action<string>? InDoubt { get; set; }

    /// <summary>Takes in an event.</summary>
    /// <returns>False if it is of no exec.</returns>
    public bool Take(EngineEvent message)
    {
        // "exec_start: sh -c …": the command follows the action (moby daemon/exec.go).
        var begins = message.Action?.StartsWith(EngineActions.ExecStart, StringComparison.Ordinal) == true;
        if (!begins && message.Action != EngineActions.ExecDie) return false;
        if (message.Actor?.Id is not { Length: > 0 } id || message.Attribute("execID") is not { } exec) return true;

        var isDoubtful = false;
        lock (_gate)
        {
            if (begins)
            {
                ref var execs = ref CollectionsMarshal.GetValueRefOrAddDefault(_running, id, out _);
                execs ??= new(StringComparer.Ordinal);
                isDoubtful = execs.Count < MaxOfContainer && execs.Add(exec) && execs.Count >= Many && BitOperations.IsPow2(execs.Count);
            }
            else if (_running.TryGetValue(id, out var execs) && execs.Remove(exec) && execs.Count == 0)
            {
                _running.Remove(id);
            }
        }

        if (isDoubtful) InDoubt?.Invoke(id);
        return true;
    }

    /// <summary>Keeps those of a container that the engine knows.</summary>
    /// <param name="id">Full id of the container.</param>
    /// <param name="known">Ids of its execs. One that began after the question is left out until its end: too few again.</param>
    public void Keep(string id, IEnumerable<string> known)
    {
        lock (_gate)
        {
            if (!_running.TryGetValue(id, out var execs)) return;
            execs.IntersectWith(known);
            if (execs.Count == 0) _running.Remove(id);
        }
    }

    /// <summary>The container's run has ended, and all of its execs with it.</summary>
    public void Forget(string id)
    {
        lock (_gate) _running.Remove(id);
    }

    /// <summary>Ends may be missed from here on.</summary>
    public void Clear()
    {
        lock (_gate) _running.Clear();
    }

    /// <summary>How many run, by the full id of their container.</summary>
    public ImmutableArray<(string Id, int Count)> Read()
    {
        lock (_gate) return [.. _running.Select(it => (it.Key, it.Value.Count))];
    }
}
