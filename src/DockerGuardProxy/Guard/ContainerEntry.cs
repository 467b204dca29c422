using System.Collections.Immutable;
using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Guard;

/// <summary>
/// What the ledger keeps of one container's present run. Belongs to the ledger's lock. Here its lists and its life; what becomes of
/// calls is in the Calls part, what is known of the container and when callers are told in the Evidence part, what outlives the
/// process in the Memory part.
/// </summary>
internal sealed partial class ContainerEntry
{
    /// <summary>
    /// How long held restarts wait, after a run's end, for the engine's other answers about it. dockerd gives them within milliseconds of
    /// the exit; one that takes longer waits for something else.
    /// </summary>
    private static readonly TimeSpan AnswersTake = TimeSpan.FromSeconds(1);

    /// <summary>Events come within milliseconds of the answer, or not at all.</summary>
    private static readonly TimeSpan IndexTakes = TimeSpan.FromSeconds(5);

    /// <summary>How long the calls of a container pass after a fault in its entry, if its run does not end before: as long as the longest back-off.</summary>
    public static readonly TimeSpan QuarantineLasts = TimeSpan.FromMinutes(5);

    private readonly LedgerTotals _totals;

    // Attempts of this run that are not over, oldest first; _view is what the decision sees of them.
    private readonly List<Attempt> _open = [];
    private ImmutableArray<OpenCall> _view = [];

    // As long as one who waits may come back to be decided again, the entry must remember whether the container runs.
    private readonly WaitingCallers _waiting;

    // Attempts of an ended run that the engine has yet to answer, each with the time until which held restarts wait for it; oldest first.
    private readonly List<(Attempt Attempt, TimeSpan Until)> _unanswered = [];

    // Until when the entry is kept because an answer was ahead of the index.
    private TimeSpan? _aheadUntil;

    // Until when nothing is decided about its calls, as a fault was met here; null where none was.
    private TimeSpan? _quarantinedUntil;

    private bool _isRunning;
    private KnownRuns _runs;
    private long _attempts;
    private long _saved;
    private long _refusals;

    public ContainerEntry(GuardedContainer container, LedgerTotals totals)
    {
        Container = container;
        _totals = totals;
        _waiting = new WaitingCallers(totals);
        _isRunning = container.IsRunning;
        _runs = KnownRuns.Of(container);
        Run = totals.NextRun();
        Number = Run;
    }

    private ContainerEntry(ContainerEntry faulty, TimeSpan quarantinedUntil)
        : this(faulty.Container, faulty._totals)
    {
        _isRunning = faulty._isRunning;
        _runs = faulty._runs;
        _quarantinedUntil = NextDue = quarantinedUntil;
    }

    public GuardedContainer Container { get; private set; }

    /// <summary>The ledger's own number of the present run, or of the pause after it.</summary>
    public long Run { get; private set; }

    /// <summary>What the probe is to look at.</summary>
    public EvidenceNeed Need => new(Container.Id, Run, _runs.Present);

    /// <summary>When <see cref="Settle"/> has something to do next; null if nothing is due by time.</summary>
    public TimeSpan? NextDue { get; private set; }

    /// <summary>Tells entries apart that are due at the same time.</summary>
    public long Number { get; }

    /// <summary>When its turn is by the ledger's schedule, which alone sets it.</summary>
    public TimeSpan? ScheduledFor { get; set; }

    /// <summary>True where the probe is to look at the container.</summary>
    public bool NeedsEvidence { get; private set; }

    public bool HasBackoff => _backoff != Backoff.None;

    public bool HasOpenCalls => _open.Count + _inherited > 0;

    /// <summary>Nothing is kept: the entry may go.</summary>
    public bool IsEmpty => IsIdle && _aheadUntil is null && _quarantinedUntil is null;

    /// <summary>There is nothing to tell about the container.</summary>
    public bool IsIdle =>
        _open.Count == 0 && _waiting.IsEmpty && EvidenceSince is null && _backoff.Until is null && _recent.IsEmpty;

    public void Rename(string name)
    {
        Container = Container with { Name = name };
        _refusalBody = null;
    }

    /// <summary>The index tells of a run's end (die, destroy). Late news of a run that is known to be over changes nothing.</summary>
    public void RunEnded(long run, Turn turn)
    {
        if (run == _runs.Past && !_isRunning)
            _aheadUntil = null;
        if (_runs.IsPast(run))
            return;
        if (_isRunning)
            EndRun(isRunningAfter: false, lead: null, turn);
        _runs = _runs.OverUpTo(run);
        Redecide(turn);
    }

    /// <summary>The index tells of a run's beginning. It may be the one that a restart's answer or an arriving call has told of before.</summary>
    public void RunStarted(long run, Turn turn)
    {
        if (_runs.IsPast(run) || run == _runs.Present)
            return;
        if (_isRunning && _runs.Present > 0)
            EndRun(isRunningAfter: true, lead: null, turn);
        _isRunning = true;
        _runs = KnownRuns.During(run);
        _aheadUntil = null;
        Redecide(turn);
    }

    /// <summary>
    /// The run's end was told by an answer, and the index does not know yet: the entry is kept until it does, lest a new one begin with the
    /// old run. Not for long, as the index may have missed it.
    /// </summary>
    private void GoAheadOfIndex(Turn turn) => _aheadUntil = turn.Now + IndexTakes;

    /// <summary>
    /// The run is over (die, destroy, an answer that says so, a start or restart seen through us). Its open calls are closed to joins;
    /// calls that have joined them keep them, but where a stop or kill of the run has its 204 it is theirs as well. A stop or kill that was
    /// held during the run joins an unanswered one of that run: on the engine it would have waited for this very exit, and would have got
    /// the same answer. Sending it now could hit the next run. What is still held is left for <see cref="Redecide"/>.
    /// </summary>
    /// <param name="isRunningAfter">The next run is on.</param>
    /// <param name="lead">The stop or kill whose 204 told of the end; null where something else did.</param>
    /// <param name="turn">The input.</param>
    private void EndRun(bool isRunningAfter, Attempt? lead, Turn turn)
    {
        var answered = lead;
        lead ??= _open.Find(attempt => attempt is { IsShadow: false, Ticket.Call.Operation: Operation.Stop or Operation.Kill });
        if (_isRunning)
            ReviewRefusals(turn);
        EndEvidence(turn);
        _waiting.ClearDeadlines();
        foreach (var ticket in _waiting.PresentNow())
        {
            if (ticket.IsObserved)
                SettleDown(ticket);
            else if (ticket.Phase != TicketPhase.Held)
                _waiting.OutliveRun(ticket);
            else if (lead is not null && ticket.Run == Run && ticket.Call.Operation is Operation.Stop or Operation.Kill)
                Attach(ticket, lead, Reason.RunEnded, isOfPresentRun: false, turn);
        }
        _waiting.SetDeadlines();
        if (answered is not null)
            ShareAnswer(answered, turn);
        AwaitAnswers(turn);
        _quarantinedUntil = null;
        _runs = _runs.Over();
        BeginAnew(isRunningAfter);
    }

    /// <summary>
    /// The engine has restarted: it knows nothing of its open calls. Callers that joined them learn of it when the sender reports
    /// the lost connection; what was learned from the old engine is forgotten.
    /// </summary>
    public void EngineRestarted(Turn turn)
    {
        EndEvidence(turn);
        _waiting.ClearDeadlines();
        foreach (var ticket in _waiting.PresentNow())
            if (ticket.Phase != TicketPhase.Held)
                _waiting.OutliveRun(ticket);
        _waiting.SetDeadlines();
        BeginAnew(_isRunning);
        Redecide(turn);
    }

    /// <summary>True while the run of that number, the ledger's own, is on.</summary>
    public bool IsOn(long run) => Run == run && _isRunning;

    /// <summary>Takes an attempt that is over out of the open ones; false where it belongs to no present run.</summary>
    private bool Close(Attempt attempt)
    {
        _unanswered.RemoveAll(unanswered => unanswered.Attempt == attempt);
        if (!_open.Remove(attempt))
            return false;
        if (!attempt.IsShadow)
            RefreshView();
        return true;
    }

    public bool IsStuck(TimeSpan patience, TimeSpan now) => State().IsStuck(patience, now);

    public ContainerSnapshot Snapshot(TimeSpan patience, TimeSpan now) => new(
        Container,
        State().IsStuck(patience, now),
        Diagnosis,
        EvidenceSince is null ? null : _evidence.SinceUtc,
        _attempts,
        _open.Count + _inherited,
        _waiting.Count,
        _open.Count == 0 ? null : now - _open[0].SentAt,
        _backoff.Until - now,
        _refusals,
        _saved);

    /// <summary>
    /// The engine answers every stop and kill of a run when the container has exited, but each by itself, and each looks at the container's
    /// state of that moment (moby <c>State.Wait</c>): one that comes to look after the next start waits for the end of that run. So a held
    /// restart is not sent before they are answered.
    /// </summary>
    private void AwaitAnswers(Turn turn)
    {
        foreach (var attempt in _open)
            _unanswered.Add((attempt, turn.Now + AnswersTake));
    }

    private void ForgetLateAnswers(Turn turn)
    {
        if (_waiting.Held == 0)
            _unanswered.Clear();
        else if (_unanswered.RemoveAll(unanswered => unanswered.Until <= turn.Now) > 0)
            Redecide(turn);
    }

    private void BeginAnew(bool isRunning)
    {
        _open.Clear();
        _view = [];
        Run = _totals.NextRun();
        _isRunning = isRunning;
        _attempts = _saved = _refusals = 0;
        _evidence = RunEvidence.None;
        _reportedAt = null;
        _killSentAt = null;
        _dueUtc = null;
        _refusalBody = null;
    }

    private void RefreshView() =>
        _view = [.. _open.Where(attempt => !attempt.IsShadow).Select(attempt => attempt.ToOpenCall())];
}
