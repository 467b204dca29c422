using System.Collections.Immutable;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Probe;
using DockerGuardProxy.Timing;

namespace DockerGuardProxy.Guard;

/// <summary>
/// Keeps the ledger: brings it whatever happens, one thing at a time, and has carried out what it answers. Clock, timer, sender and observers
/// are here and nowhere else in the guard; what each input means is said at <see cref="Ledger"/>.
/// </summary>
/// <remarks>
/// Invariant of the one lock: it guards the ledger, with every entry, ticket and attempt, and their counts; the timer is set no later than the
/// first thing due. Nothing foreign runs inside the lock: what an input leads to comes out as a <see cref="Turn"/>, and is carried out after it.
/// </remarks>
internal sealed class LedgerKeeper : IDisposable
{
    // A timer can't be set further ahead than 49 days; looking once a day costs nothing.
    private static readonly TimeSpan FarAhead = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly Ledger _ledger;
    private readonly TurnEffects _effects;
    private readonly WakeSignal _evidenceNeeded = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly long _origin;
    private TimeSpan? _timerIsSetFor;

    public LedgerKeeper(TimeProvider time, GuardPolicies policies, IAttemptSender sender, IRefusalReview review, IGuardObserver observer)
    {
        _time = time;
        _ledger = new Ledger(policies);
        _effects = new TurnEffects(this, sender, review, observer, _evidenceNeeded);
        _origin = time.GetTimestamp();
        _timer = time.CreateSafeTimer(TimeIsDue, _effects.Tell, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The configuration. A new one counts at once: those who wait are decided about again.</summary>
    public GuardPolicies Policies
    {
        get => _ledger.Policies;
        set => Take(value, static (ledger, policies, at) => ledger.PoliciesChanged(policies, at));
    }

    /// <summary>A terminating call arrives.</summary>
    /// <param name="call">The call.</param>
    /// <param name="container">The container it means, with its state now; null if nobody knows, and the call is forwarded.</param>
    /// <param name="request">What is sent of it.</param>
    public Ticket Arrive(TerminatingCall call, GuardedContainer? container, GuardedRequest? request) =>
        Decide(new Ticket(call, container, Policies.For(call.Operation), request, Now))!;

    /// <summary>
    /// As <see cref="Arrive(TerminatingCall,GuardedContainer?,GuardedRequest?)"/>, but null, and nothing done, where the call would not simply
    /// be forwarded and it is not certain that it means this container.
    /// </summary>
    public Ticket? TryArrive(TerminatingCall call, GuardedContainer container, GuardedRequest? request, bool isConfirmed) =>
        Decide(new Ticket(call, container, Policies.For(call.Operation), request, Now) { IsTentative = !isConfirmed });

    /// <inheritdoc cref="Ledger.Answered"/>
    /// <param name="attempt">Whose answer it is.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="tellIndex">See <see cref="AttemptAnswer.TellIndex"/>.</param>
    public void Answered(Attempt attempt, EngineAnswer answer, Action? tellIndex = null) =>
        Take((attempt, answer), static (ledger, it, at) => ledger.Answered(it.attempt, it.answer, at), tellIndex);

    /// <inheritdoc cref="Ledger.Lost"/>
    public void Lost(Attempt attempt, Exception? cause) =>
        Take((attempt, cause), static (ledger, it, at) => ledger.Lost(it.attempt, it.cause, at));

    /// <inheritdoc cref="Ledger.CallerLeft"/>
    public void CallerLeft(Ticket ticket) => Take(ticket, static (ledger, ticket, at) => ledger.CallerLeft(ticket, at));

    /// <inheritdoc cref="Ledger.RunEnded"/>
    public void RunEnded(string id, long run) => Take((id, run), static (ledger, it, at) => ledger.RunEnded(it.id, it.run, at));

    /// <inheritdoc cref="Ledger.RunStarted"/>
    public void RunStarted(string id, long run) => Take((id, run), static (ledger, it, at) => ledger.RunStarted(it.id, it.run, at));

    /// <inheritdoc cref="Ledger.Renamed"/>
    public void Renamed(string id, string name) => Take((id, name), static (ledger, it, at) => ledger.Renamed(it.id, it.name, at));

    /// <inheritdoc cref="Ledger.Evidence"/>
    public void Evidence(EvidenceNeed need, Diagnosis diagnosis, TimeSpan heldFor = default) =>
        Take((need, diagnosis, heldFor), static (ledger, it, at) => ledger.Evidence(it.need, it.diagnosis, it.heldFor, at));

    /// <inheritdoc cref="Ledger.Doubt"/>
    public void Doubt(EvidenceNeed need) => Take(need, static (ledger, need, at) => ledger.Doubt(need, at));

    /// <inheritdoc cref="Ledger.Reviewed"/>
    public void Reviewed(EndedRefusals wrong) => Take(wrong, static (ledger, wrong, at) => ledger.Reviewed(wrong, at));

    /// <inheritdoc cref="Ledger.EngineRestarted"/>
    public void EngineRestarted() => Take(0, static (ledger, _, at) => ledger.EngineRestarted(at));

    /// <inheritdoc cref="Ledger.RuntimeRestarted"/>
    public void RuntimeRestarted() => Take(0, static (ledger, _, at) => ledger.RuntimeRestarted(at));

    /// <summary>An operator releases one container's back-off. False if there is none.</summary>
    public bool ReleaseBackoff(string id)
    {
        var had = false;
        Take(id, (ledger, id, at) =>
        {
            had = ledger.HasBackoff(id);
            return ledger.ReleaseBackoff(id, at);
        });
        return had;
    }

    /// <inheritdoc cref="Ledger.Restore"/>
    public void Restore(ImmutableArray<RememberedContainer> remembered, bool engineGivesUp) => Take(
        (remembered, engineGivesUp, Origin), static (ledger, it, at) => ledger.Restore(it.remembered, it.engineGivesUp, it.Origin, at));

    /// <inheritdoc cref="Ledger.TurnAway"/>
    public void TurnAway(bool all) => Take(all, static (ledger, all, at) => ledger.TurnAway(all, at));

    /// <summary>Sleeps until a container needs evidence that needed none before; returns at once where one came to since it last returned.</summary>
    public Task WaitForEvidenceNeedAsync(CancellationToken cancellationToken) => _evidenceNeeded.WaitAsync(cancellationToken);

    /// <inheritdoc cref="Ledger.MayStillBeSent"/>
    public bool MayStillBeSent(Attempt attempt)
    {
        lock (_gate)
            return _ledger.MayStillBeSent(attempt);
    }

    /// <inheritdoc cref="Ledger.IsStuck"/>
    public bool IsStuck(string id, Operation operation)
    {
        lock (_gate)
            return _ledger.IsStuck(id, operation, Now);
    }

    /// <inheritdoc cref="Ledger.HasOpenCalls"/>
    public bool HasOpenCalls(string id)
    {
        lock (_gate)
            return _ledger.HasOpenCalls(id);
    }

    /// <inheritdoc cref="Ledger.OldestOpen"/>
    public (Operation Operation, TimeSpan Age)? OldestOpen(string id)
    {
        lock (_gate)
            return _ledger.OldestOpen(id, Now);
    }

    /// <inheritdoc cref="Ledger.EvidenceNeeds"/>
    public ImmutableArray<EvidenceNeed> EvidenceNeeds()
    {
        lock (_gate)
            return _ledger.EvidenceNeeds();
    }

    /// <inheritdoc cref="Ledger.Snapshot"/>
    public GuardSnapshot Snapshot()
    {
        lock (_gate)
            return _ledger.Snapshot(Now);
    }

    /// <inheritdoc cref="Ledger.Remember"/>
    public ImmutableArray<RememberedContainer> Remember()
    {
        lock (_gate)
            return _ledger.Remember(Origin);
    }

    /// <summary>Stops the clock. Waiting calls keep waiting for their answers.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        _evidenceNeeded.Dispose();
    }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    // Zero of the ledger's clock on the clock that counts from boot.
    private TimeSpan Origin => _time.GetElapsedTime(0, _origin);

    // Null where it is declined: tentative, and not simply to be forwarded.
    private Ticket? Decide(Ticket ticket)
    {
        // While the guard is off no call waits for the lock.
        if (ticket.Policy.Mode == GuardMode.Off)
            ticket.PassUnguarded(Reason.GuardOff);
        else
            Take(ticket, static (ledger, ticket, at) => ledger.Arrive(ticket, at));
        return ticket.IsDeclined ? null : ticket;
    }

    private void TimeIsDue()
    {
        lock (_gate)
            _timerIsSetFor = null;
        Take(0, static (ledger, _, at) => ledger.TimeIsDue(at));
    }

    private void Take<T>(T state, Func<Ledger, T, Moment, Turn> input, Action? tellIndex = null)
    {
        Turn turn;
        lock (_gate)
        {
            var at = new Moment(Now, _time.GetUtcNow());
            turn = input(_ledger, state, at);
            SetTimer(at.Now);
        }
        _effects.CarryOut(turn, tellIndex);
    }

    // Set earlier, never later: one that fires for nothing is set anew then.
    private void SetTimer(TimeSpan now)
    {
        if (_ledger.NextDue is not { } due || due >= _timerIsSetFor)
            return;
        _timerIsSetFor = due;
        // Timers count whole milliseconds; a rounded-down one would fire early and be set again.
        var wait = Math.Clamp(Math.Ceiling((due - now).TotalMilliseconds), 1, FarAhead.TotalMilliseconds);
        _timer.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
    }
}
