using DockerGuardProxy.Calls;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Engine;

/// <summary>
/// Who is on the engine, as far as is known. Reads are lock-free on an immutable set and never wait; writes come from the watch and from
/// calls that pass. Invariant: <c>_set</c>, <c>_journal</c> and the queue of changes are written under <c>_gate</c> alone, and changes are
/// told in the order they were made, by one thread at a time, outside the lock.
/// </summary>
internal sealed partial class ContainerIndex(ILogger<ContainerIndex> logger)
{
    /// <summary>Events kept for one list; more would mean a list that takes minutes, which then starts over.</summary>
    private const int MaxJournal = 16_384;

    private readonly Lock _gate = new();
    private readonly List<IContainerEvents> _listeners = [];

    // Null stands for a restart of the engine.
    private readonly Queue<ContainerChange?> _untold = new();
    private bool _telling;
    private List<EngineEvent>? _journal;
    private long _asked;
    private volatile ContainerSet _set = ContainerSet.Empty;
    private volatile bool _ready;
    private bool _lost;
    private long _losses;

    /// <summary>Wakes the watch to ask for a list soon. Set by it.</summary>
    public Action? ListWanted { get; set; }

    /// <summary>A list has been taken in and events have come without a gap since. What is not ready may still be right.</summary>
    public bool IsReady => _ready;

    /// <summary>How often it lost the engine, or did not find it in the first place.</summary>
    public long Losses => Interlocked.Read(ref _losses);

    /// <summary>The execs that run in them.</summary>
    public RunningExecs Execs { get; } = new();

    /// <summary>The containers at this moment.</summary>
    public ContainerSet Current => _set;

    /// <summary>Whom the reference means, as of now.</summary>
    public Resolution Resolve(string reference) => _set.Resolve(reference);

    public Container? Find(string id) => _set.Find(id);

    /// <summary>Adds a listener; only while things are put together, before the watch starts.</summary>
    public void Listen(IContainerEvents listener) => _listeners.Add(listener);

    /// <summary>Shows containers of which an earlier process knew, until a list is taken in. Before the watch starts; tells nobody.</summary>
    public void Seed(IEnumerable<Container> containers)
    {
        lock (_gate)
        {
            foreach (var container in containers)
                _set = _set.With(container);
        }
    }

    /// <summary>Takes in an event of the stream.</summary>
    public void Apply(EngineEvent message)
    {
        if (Execs.Take(message)) return;
        lock (_gate)
        {
            if (_journal is { Count: < MaxJournal })
                _journal.Add(message);
            Change(changes => ContainerReducer.Apply(_set, message, changes));
        }

        Tell();
    }

    /// <summary>A list is about to be asked for; events are remembered from now on.</summary>
    public void BeginList()
    {
        lock (_gate)
        {
            _journal = [];
            _asked = _set.Version;
        }
    }

    /// <summary>Takes in the list; false when too much happened meanwhile and it must be asked for again.</summary>
    public bool EndList(IEnumerable<ListedContainer> list)
    {
        lock (_gate)
        {
            if (_journal is null or { Count: >= MaxJournal })
                return false;
            Change(changes => ContainerReducer.Reconcile(_set, list, _journal, _asked, changes));
            _journal = null;
            _ready = true;
            _lost = false;
        }

        Tell();
        return true;
    }

    /// <summary>Events may have been missed from now on. Names and runs stay as last known, for want of better; init pids don't.</summary>
    public void LoseTrack()
    {
        lock (_gate)
        {
            if (!_lost)
                _losses++;
            _lost = true;
            _ready = false;
            _journal = null;
            _set = ContainerReducer.ForgetPids(_set);
        }

        Execs.Clear();
    }

    /// <summary>The engine is another process.</summary>
    public void EngineRestarted()
    {
        Execs.Clear();
        lock (_gate)
            _untold.Enqueue(null);
        Tell();
    }

    /// <summary>To be called before such a call is sent. Costs one resolution.</summary>
    public ExpectedChange Expect(in ChangingCall call, CreateBody? body = null)
    {
        var target = call.Kind is ChangingCallKind.Create or ChangingCallKind.Unlink ? null : _set.Resolve(call.Reference).Container;
        return new ExpectedChange(call, target, body);
    }

    /// <summary>
    /// To be called when the engine has answered, before the answer is delivered. <paramref name="answer"/> is the body of a creation's.
    /// If anything about the container has changed since it was sent, the events are ahead of the answer and it teaches nothing.
    /// </summary>
    public void Answered(ExpectedChange expected, int status, ReadOnlySpan<byte> answer = default)
    {
        var (call, target, body) = expected;
        var id = call.Kind == ChangingCallKind.Create && status == 201 ? CreateAnswer.ReadId(answer) : null;
        lock (_gate)
        {
            switch (call.Kind)
            {
                case ChangingCallKind.Create when id is not null:
                    Change(_ => Created(id, call.Name, body));
                    break;
                case ChangingCallKind.Start when status == 204 && IsUnchanged(target):
                    Change(changes => ContainerReducer.Start(_set, target!, 0, changes));
                    break;
                case ChangingCallKind.Rename when status == 204 && IsUnchanged(target) && !string.IsNullOrEmpty(call.Name):
                    Change(changes => ContainerReducer.Rename(_set, target!, Slashed(call.Name), changes));
                    break;
                case ChangingCallKind.Remove when status == 204 && target is not null && _set.Find(target.Id) is { } left:
                    Change(changes => ContainerReducer.Remove(_set, left, changes));
                    break;
                case ChangingCallKind.Unlink when status == 204:
                    Change(_ => ContainerReducer.Unlink(_set, Slashed(call.Reference)));
                    break;
            }
        }

        Tell();
        if (id is not null && body is { HasLinks: true })
            ListWanted?.Invoke();
    }

    /// <summary>Takes in what an inspect found, if the run it was asked in is still on.</summary>
    public void Learned(Inspection found, long run)
    {
        lock (_gate)
        {
            if (_set.Find(found.Id) is not { } known)
                return;
            _set = _set.With(known with
            {
                StopTimeout = found.StopTimeout,
                StopSignal = found.StopSignal,
                LogDriver = found.LogDriver ?? known.LogDriver,
                Pid = known.Running && known.Run == run ? found.Pid ?? known.Pid : known.Pid,
            });
        }
    }

    private static string Slashed(string name) => name[0] == '/' ? name : "/" + name;

    private bool IsUnchanged(Container? target) => target is not null && ReferenceEquals(_set.Find(target.Id), target);

    private ContainerSet Created(string id, string? name, CreateBody? body)
    {
        var known = _set.Find(id);
        if (known is null && string.IsNullOrEmpty(name))
            known = new Container { Id = id };
        known ??= new Container { Id = id, Names = [Slashed(name!)] };
        return body is null
            ? _set.With(known)
            : _set.With(known with
            {
                StopTimeout = body.StopTimeout,
                StopSignal = body.StopSignal ?? known.StopSignal,
                Pod = body.Pod ?? known.Pod,
            });
    }

    private void Change(Func<List<ContainerChange>, ContainerSet> change)
    {
        var changes = new List<ContainerChange>();
        _set = change(changes);
        foreach (var item in changes)
            _untold.Enqueue(item);
    }

    private void Tell()
    {
        while (true)
        {
            ContainerChange? next;
            lock (_gate)
            {
                if (_telling || !_untold.TryDequeue(out next))
                    return;
                _telling = true;
            }

            if (next is { Kind: ContainerChangeKind.RunEnded or ContainerChangeKind.Removed } ended) Execs.Forget(ended.Container.Id);

            foreach (var listener in _listeners)
            {
                try
                {
                    Tell(listener, next);
                }
                catch (Exception fault)
                {
                    ListenerFailed(logger, fault);
                }
            }

            lock (_gate)
                _telling = false;
        }
    }

    private static void Tell(IContainerEvents listener, ContainerChange? change)
    {
        switch (change)
        {
            case null: listener.EngineRestarted(); break;
            case { Kind: ContainerChangeKind.RunStarted } started: listener.RunStarted(started.Container); break;
            case { Kind: ContainerChangeKind.RunEnded } ended: listener.RunEnded(ended.Container); break;
            case { Kind: ContainerChangeKind.Renamed } renamed: listener.Renamed(renamed.Container, renamed.Detail); break;
            case { Kind: ContainerChangeKind.Removed } removed: listener.Removed(removed.Container); break;
            case { Kind: ContainerChangeKind.Killed } killed: listener.Killed(killed.Container, killed.Detail, killed.At); break;
        }
    }

    [LoggerMessage(400, LogLevel.Error, "A listener of container events failed; the index goes on")]
    private static partial void ListenerFailed(ILogger logger, Exception fault);
}
