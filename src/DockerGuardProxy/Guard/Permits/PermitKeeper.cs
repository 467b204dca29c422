using System.Collections.Immutable;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Timing;

namespace DockerGuardProxy.Guard.Permits;

/// <summary>
/// Keeps the ledger of permits: brings it whatever happens, one thing at a time, and has carried out what it answers. Clock, timer and observers
/// are here and nowhere else among the permits; what each input means is said at <see cref="PermitLedger"/>.
/// </summary>
/// <remarks>
/// Invariant of the one lock: it guards the ledger, with every container and call in it; while a counted call waits the timer runs. Nothing foreign
/// runs inside the lock: what an input leads to comes out as a <see cref="PermitTurn"/>, and is carried out after it. A fault in the ledger sends
/// all who wait, and the ledger begins anew.
/// </remarks>
internal sealed class PermitKeeper : IDisposable
{
    /// <summary>Time is looked at so often while a counted call waits: nothing here is decided by less than a second.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly PermitLedger _ledger;
    private readonly IPermitFacts _facts;
    private readonly ImmutableArray<IPermitObserver> _observers;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly long _origin;
    private bool _isTimerOn;

    public PermitKeeper(TimeProvider time, GuardPolicies policies, IPermitFacts facts, IEnumerable<IPermitObserver> observers)
    {
        (_time, _facts, _observers) = (time, facts, [.. observers]);
        _ledger = new PermitLedger(policies);
        _origin = time.GetTimestamp();
        _timer = time.CreateSafeTimer(TimeIsDue, Report, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The configuration. A new one counts at once: those who wait are decided about again.</summary>
    public GuardPolicies Policies
    {
        get
        {
            lock (_gate) return _ledger.Policies;
        }
        set => Take(value, static (ledger, policies, at) => ledger.PoliciesChanged(policies, at));
    }

    /// <summary>True while callers are held.</summary>
    public bool Any
    {
        get
        {
            lock (_gate) return _ledger.Waiting > 0;
        }
    }

    /// <inheritdoc cref="ContainerPermits.Waits"/>
    public bool Waits(string id, TimeSpan age)
    {
        lock (_gate) return _ledger.Waits(id, age, _time.GetElapsedTime(_origin));
    }

    /// <inheritdoc cref="PermitLedger.Arrive"/>
    public PermitOutcome Arrive(PermitCall call, string id, CallRow row, LockPart part)
    {
        var kind = PermitOutcomeKind.Send;
        PermitTurn? turn;
        lock (_gate)
        {
            try
            {
                kind = _ledger.Arrive(call, id, row, part, Now);
            }
            catch (Exception fault)
            {
                BeginAnew(fault);
            }

            turn = EndTurn();
        }

        if (turn is not null) CarryOut(turn);
        return kind == PermitOutcomeKind.Refused ? new(kind, PermitText.NoRoom(_facts.Find(id), id)) : new(kind, default);
    }

    /// <inheritdoc cref="PermitLedger.Answered"/>
    public void Answered(PermitCall call) => Take(call, static (ledger, call, at) => ledger.Answered(call, at));

    /// <inheritdoc cref="PermitLedger.Begun"/>
    public void Begun(PermitCall call) => Take(call, static (ledger, call, _) => ledger.Begun(call));

    /// <inheritdoc cref="PermitLedger.Withdrawn"/>
    public void Withdrawn(PermitCall call) => Take(call, static (ledger, call, at) => ledger.Withdrawn(call, at));

    /// <inheritdoc cref="PermitLedger.Ended"/>
    public void Ended(PermitCall call) => Take(call, static (ledger, call, at) => ledger.Ended(call, at));

    /// <inheritdoc cref="PermitLedger.Left"/>
    public bool Left(PermitCall call)
    {
        var isKept = false;
        Take(call, (ledger, call, at) => isKept = ledger.Left(call, at));
        return isKept;
    }

    /// <summary>The answer to a call whose caller had left, or was told, has begun, or its connection has ended.</summary>
    /// <param name="call">The call.</param>
    /// <param name="serial">Which use of it is meant.</param>
    public void Seen(PermitCall call, long serial) => Take((call, serial), static (ledger, it, at) => ledger.Seen(it.call, it.serial, at));

    /// <inheritdoc cref="PermitLedger.Renew(string,Moment)"/>
    public void Renew(string id) => Take(id, static (ledger, id, at) => ledger.Renew(id, at));

    /// <inheritdoc cref="PermitLedger.EngineRestarted"/>
    public void EngineRestarted() => Take(0, static (ledger, _, at) => ledger.EngineRestarted(at));

    /// <inheritdoc cref="PermitLedger.TurnAway"/>
    public void TurnAway() => Take(0, static (ledger, _, at) => ledger.TurnAway(at));

    /// <summary>The ledger at this moment.</summary>
    public PermitSnapshot Snapshot()
    {
        PermitSnapshot snapshot;
        lock (_gate)
        {
            var at = Now;
            snapshot = new(
                _ledger.Totals with { }, _ledger.Waiting,
                [.. _ledger.Containers.Where(container => !container.IsEmpty).Select(container => Describe(container, at))]);
        }

        return snapshot with { Containers = [.. snapshot.Containers.Select(it => it with { Holder = Older(it.Holder, it.Id) })] };
    }

    public void Dispose() => _timer.Dispose();

    private Moment Now => new(_time.GetElapsedTime(_origin), _time.GetUtcNow());

    private static LockSnapshot Describe(ContainerPermits container, Moment at)
    {
        IEnumerable<PermitCall> sent = [.. container.Unanswered, .. container.Stats, .. container.Walks];
        var calls = sent.Concat(container.Held).GroupBy(call => call.Row.Name!).Select(group => new CountedCalls(
            group.Key,
            group.Count(call => call.State == PermitState.Sent),
            group.Count(call => call.State == PermitState.Held),
            at.Now - group.Min(call => call.Sent)));
        return new(
            container.Id, at.Now - container.SlowSince, container.HolderAt(at), container.Kept, [.. calls.OrderByDescending(calls => calls.Oldest)]);
    }

    private void TimeIsDue()
    {
        Take(0, static (ledger, _, at) => ledger.TimeIsDue(at));
        lock (_gate)
        {
            if (_ledger.NeedsTime || !_isTimerOn) return;
            _isTimerOn = false;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void Take<T>(T state, Action<PermitLedger, T, Moment> input)
    {
        PermitTurn? turn;
        lock (_gate)
        {
            try
            {
                input(_ledger, state, Now);
            }
            catch (Exception fault)
            {
                BeginAnew(fault);
            }

            turn = EndTurn();
        }

        if (turn is not null) CarryOut(turn);
    }

    private void BeginAnew(Exception fault)
    {
        _ledger.BeginAnew(Now);
        _ledger.Report(new PermitEvent.Faulted(fault));
    }

    // Under the lock.
    private PermitTurn? EndTurn()
    {
        if (_ledger.NeedsTime && !_isTimerOn)
        {
            _isTimerOn = true;
            _timer.Change(Look, Look);
        }

        return _ledger.EndTurn();
    }

    private void CarryOut(PermitTurn turn)
    {
        foreach (var happened in turn.Events) Tell(happened);
        foreach (var (waiter, outcome) in turn.Outcomes) waiter.TrySetResult(outcome);
        foreach (var (waiter, facts) in turn.TellsHeld) waiter.TrySetResult(new(PermitOutcomeKind.Told, Body(facts)));
        foreach (var (call, serial, facts) in turn.TellsSent)
        {
            var isTold = call.Caller.TryTell(call, serial, Body(facts));
            Take((call, serial, isTold), static (ledger, it, at) => ledger.ToldSent(it.call, it.serial, it.isTold, at));
        }

        if (turn.Unknown.Count == 0) return;
        foreach (var caller in turn.Unknown) caller.Identify();
        Take(0, static (ledger, _, at) => ledger.TimeIsDue(at));
    }

    private byte[] Body(TellFacts facts) => PermitText.Tell(_facts.Find(facts.Id), facts with { Holder = Older(facts.Holder, facts.Id) });

    // Of the calls that either ledger knows of.
    private SuspectedHolder? Older(SuspectedHolder? counted, string id)
    {
        var ending = _facts.OldestEnding(id);
        return counted is null || ending?.Since < counted.Since ? ending : counted;
    }

    private void Tell(PermitEvent happened)
    {
        try
        {
            var id = happened switch
            {
                PermitEvent.SlowBegan began => began.Id,
                PermitEvent.SlowEnded ended => ended.Id,
                PermitEvent.Concluded call => call.Id,
                _ => null,
            };
            if (happened is PermitEvent.SlowBegan { } slow) happened = slow with { Holder = Older(slow.Holder, slow.Id) };
            var container = id is null ? null : _facts.Find(id);
            foreach (var observer in _observers) observer.On(happened, container);
        }
        catch (Exception)
        {
            // Nobody is left to be told; the calls matter more.
        }
    }

    private void Report(Exception fault) => Tell(new PermitEvent.Faulted(fault));
}
