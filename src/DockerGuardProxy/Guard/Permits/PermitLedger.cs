using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Guard.Permits;

/// <summary>
/// Who waits for which container's lock: takes a permit for each call that is sent, gives it back at the first byte of its answer, and holds the
/// others back while the lock is slow. It only thinks; whatever an input leads to is in the turn that <see cref="EndTurn"/> hands out.
/// </summary>
/// <remarks>
/// <para>Invariant: a call is counted from its sending to its answer or its end, once; a held one has exactly one outcome.</para>
/// <para>
/// The lock serves one caller at a time. So a held call gets what it would have got directly, since what is sent before it would have stood in
/// front of it there as well; only those whose callers leave meanwhile cost the engine nothing.
/// </para>
/// </remarks>
internal sealed class PermitLedger(GuardPolicies policies)
{
    /// <summary>A hold was wrong if the call that it waited for is answered so soon.</summary>
    public static readonly TimeSpan WrongHold = TimeSpan.FromSeconds(1);

    /// <summary>A caller was told wrongly if the engine answers so soon.</summary>
    public static readonly TimeSpan WrongTell = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, ContainerPermits> _containers = new(StringComparer.Ordinal);
    private readonly List<string> _idle = [];
    private readonly PermitAccount _account = new();
    private GuardPolicies _policies = policies;
    private long _serial;
    private bool _turnsAway;

    /// <summary>The configuration.</summary>
    public GuardPolicies Policies => _policies;

    /// <summary>Counted since the process started.</summary>
    public PermitTotals Totals => _account.Totals;

    /// <summary>Every container of which a call is counted.</summary>
    public IReadOnlyCollection<ContainerPermits> Containers => _containers.Values;

    /// <summary>Held callers.</summary>
    public int Waiting => _account.Waiting;

    /// <summary>Whether time changes anything: a counted call waits, or a container is to be forgotten.</summary>
    public bool NeedsTime { get; private set; }

    private FamilyPolicies Families => _policies.Families;

    /// <inheritdoc cref="ContainerPermits.Waits"/>
    public bool Waits(string id, TimeSpan age, TimeSpan now) => _containers.TryGetValue(id, out var container) && container.Waits(age, now);

    /// <summary>Something is to be told that was no input.</summary>
    public void Report(PermitEvent happened) => _account.Turn.Events.Add(happened);

    /// <inheritdoc cref="PermitAccount.EndTurn"/>
    public PermitTurn? EndTurn() => _account.EndTurn();

    /// <summary>A call has come and asks to be sent.</summary>
    /// <param name="call">The call; it is in no list.</param>
    /// <param name="id">The full id of its container.</param>
    /// <param name="row">Its row.</param>
    /// <param name="part">What it has to do with the lock.</param>
    /// <param name="at">Now.</param>
    public PermitOutcomeKind Arrive(PermitCall call, string id, CallRow row, LockPart part, Moment at)
    {
        call.Begin(row, part, ++_serial, at.Now);
        if (part == LockPart.None && !call.IsStats) return PermitOutcomeKind.Send;

        // While it is off nothing is kept.
        if (Families.Lock.Mode == GuardMode.Off && (!call.IsStats || Families.Stats.Mode == GuardMode.Off)) return PermitOutcomeKind.Send;

        NeedsTime = true;
        if (!_containers.TryGetValue(id, out var container)) _containers.Add(id, container = new(id, _account));
        container.UpdateSlow(Families, at);
        var state = container.At(at.Now);
        var (reason, mode) = PermitDecision.Decide(state, part, call.IsStats, Families);
        if (reason == PermitReason.None)
        {
            container.Send(call, at.Now);
            return PermitOutcomeKind.Send;
        }

        call.Verdict = new(PermitVerdictKind.Held, reason, mode, state.Unanswered);
        if (mode == GuardMode.Observe)
        {
            Totals.WouldHold++;
            container.NoteHold(reason, at.Now);
            container.Send(call, at.Now);
            return PermitOutcomeKind.Send;
        }

        if (_turnsAway)
        {
            container.Conclude(call, PermitFate.TurnedAway, at);
            return PermitOutcomeKind.TurnedAway;
        }

        if (container.Held.Count >= Families.Lock.MaxWaitingPerContainer || Waiting >= Families.Lock.MaxWaitingOnNode)
        {
            Totals.Refused++;
            call.Verdict = new(PermitVerdictKind.Refused, PermitReason.TooManyWaiting, mode, state.Unanswered);
            container.Conclude(call, PermitFate.Refused, at);
            return PermitOutcomeKind.Refused;
        }

        Totals.Held++;
        container.NoteHold(reason, at.Now);
        container.Hold(call);
        return PermitOutcomeKind.Held;
    }

    /// <summary>The first byte of its answer has come.</summary>
    public void Answered(PermitCall call, Moment at)
    {
        if (call is not { State: PermitState.Sent, Container: { } container }) return;
        call.State = PermitState.Answered;
        container.Conclude(call, PermitFate.Answered, at);
        container.ClearBefore(call);
        var (wrongHolds, wrongTells) = container.Judge(call, at.Now);
        Totals.WrongHolds += wrongHolds;
        Totals.WrongTells += wrongTells;
        if (call.Row.Changes == ChangingCallKind.Start) container.StartAnswered = at.Now;
        Return(container, call, at);
        if (!call.IsHolder) (call.State, call.Container) = (PermitState.Free, null);
    }

    /// <summary>The first bytes have come of what an answered call streams.</summary>
    public void Begun(PermitCall call)
    {
        if (call is not { IsHolderAtStart: true, Container: { } container }) return;
        call.Clear();
        LookSoonAt(container);
    }

    /// <summary>
    /// The caller of a held call has left. If it was let go at the same moment, it has a permit that it will not use; of that its caller, and
    /// whoever reads of it, must not think that the engine has lost it.
    /// </summary>
    public void Withdrawn(PermitCall call, Moment at)
    {
        if (call.Container is not { } container) return;
        Totals.Dropped++;
        if (call.State == PermitState.Held)
        {
            container.Conclude(call, PermitFate.Left, at);
            container.Unhold(call);
            return;
        }

        (call.State, call.Container) = (PermitState.Free, null);
        container.Conclude(call, PermitFate.Left, at);
        call.Clear();
        LookSoonAt(container);
        Return(container, call, at);
    }

    /// <summary>One that was sent is over, however: answered whole, lost, given up by its caller.</summary>
    public void Ended(PermitCall call, Moment at)
    {
        if (call.Container is not { } container) return;
        container.Conclude(call, PermitFate.Lost, at);
        var wasSent = call.State == PermitState.Sent;
        (call.State, call.Container) = (PermitState.Free, null);
        call.Clear();
        LookSoonAt(container);
        if (wasSent) Return(container, call, at);
    }

    /// <summary>Its caller has left.</summary>
    /// <returns>
    /// Whether its engine connection is to be kept until the answer, so that it is seen when the lock becomes free; then <see cref="Answered"/> or
    /// <see cref="Ended"/> follows. Else the call is over with its caller.
    /// </returns>
    public bool Left(PermitCall call, Moment at)
    {
        call.Container?.Conclude(call, PermitFate.Left, at);
        if (call is not { State: PermitState.Sent, IsHoldable: true, IsKept: false, Container: { IsLive: true } container }
            || container.Kept >= PermitDecision.Burst)
        {
            Ended(call, at);
            return false;
        }

        container.Keep(call);
        return true;
    }

    /// <summary>Whether a caller who was to be told, of a call that is with the engine, was.</summary>
    /// <param name="call">The call; kept from now on if its caller was told.</param>
    /// <param name="serial">Which use of it was meant.</param>
    /// <param name="isTold">False where its answer has begun, or it has left.</param>
    /// <param name="at">Now.</param>
    public void ToldSent(PermitCall call, long serial, bool isTold, Moment at)
    {
        if (!isTold) return;
        Totals.Told++;
        if (call.Serial != serial || call.Container is not { } container) return;
        container.NoteTell(at.Now);
        call.Verdict = new(PermitVerdictKind.Told, PermitReason.LockSlow, GuardMode.Enforce, container.Unanswered.Count);
        container.Conclude(call, PermitFate.Refused, at);
        if (call is { State: PermitState.Sent, IsKept: false }) container.Keep(call);
    }

    /// <summary>The answer to a kept call has begun, or its connection has ended; nothing follows.</summary>
    public void Seen(PermitCall call, long serial, Moment at)
    {
        if (call.Serial != serial) return;
        Answered(call, at);
        Ended(call, at);
    }

    /// <summary>
    /// The container has died, was removed, or the engine is another: whatever held its lock, it is not what held it before. Held ones are sent,
    /// as far as there is room.
    /// </summary>
    public void Renew(string id, Moment at)
    {
        if (_containers.TryGetValue(id, out var container)) Renew(container, at);
    }

    /// <summary>The engine is another process.</summary>
    public void EngineRestarted(Moment at)
    {
        foreach (var container in _containers.Values) Renew(container, at);
    }

    /// <summary>A new configuration counts at once.</summary>
    public void PoliciesChanged(GuardPolicies policies, Moment at)
    {
        _policies = policies;
        foreach (var container in _containers.Values)
        {
            container.UpdateSlow(Families, at);
            container.Refill(Families, at);
        }
    }

    /// <summary>The process ends: those who are held, or would be, are told to ask again.</summary>
    public void TurnAway(Moment at)
    {
        _turnsAway = true;
        foreach (var container in _containers.Values)
            container.ReleaseAll(new(PermitOutcomeKind.TurnedAway, default), PermitFate.TurnedAway, at);
    }

    /// <summary>Some time has passed.</summary>
    public void TimeIsDue(Moment at)
    {
        NeedsTime = false;
        foreach (var container in _containers.Values)
        {
            container.UpdateSlow(Families, at);
            PermitTells.Tell(container, Families.Lock.Tell, _account, at);
            if (container.NeedsTime) NeedsTime = true;
            if (container.IsEmpty && !(at.Now - container.StartAnswered <= PermitTells.AfterStart)) _idle.Add(container.Id);
        }

        foreach (var id in _idle) _containers.Remove(id);
        _idle.Clear();
    }

    /// <summary>Begins anew after a fault: all who wait are sent, and what was counted counts no more.</summary>
    public void BeginAnew(Moment at)
    {
        foreach (var container in _containers.Values)
        {
            container.ReleaseAll(PermitOutcome.Send, PermitFate.FailedOpen, at);
            container.IsLive = false;
        }

        _containers.Clear();
    }

    // A permit comes back: whoever waits for it may go.
    private void Return(ContainerPermits container, PermitCall call, Moment at)
    {
        container.Return(call);
        if (!container.IsLive) return;
        if (container.SlowSince is not null) container.UpdateSlow(Families, at);
        if (container.Held.Count > 0) container.Refill(Families, at);
    }

    // What is left of a container is forgotten when time is looked at.
    private void LookSoonAt(ContainerPermits container)
    {
        if (container is { IsEmpty: true, IsLive: true }) NeedsTime = true;
    }

    private void Renew(ContainerPermits container, Moment at)
    {
        container.Renew(at.Now);
        container.UpdateSlow(Families, at);
        container.Refill(Families, at);
    }
}
