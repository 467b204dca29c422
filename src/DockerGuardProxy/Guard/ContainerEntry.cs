using System.Collections.Immutable;
using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Guard;

/// <summary>
/// What the ledger keeps of one container's present run. Belongs to the ledger's lock. Here its lists and its life; what becomes of
/// calls is in the Calls part, what is known of the container and when callers are told in the Evidence part.
/// </summary>
internal sealed partial class ContainerEntry
{
    private readonly LedgerTotals _totals;

    // Attempts of this run that are not over, oldest first; _view is what the decision sees of them.
    private readonly List<Attempt> _open = [];
    private ImmutableArray<OpenCall> _view = [];

    // Callers that wait on this run and have a deadline: held, joined and leading ones, in the order of arrival or re-entry.
    private readonly LinkedList<Ticket> _waiting = new();
    private int _held;

    // Held and joined callers, those included that have joined a call of an ended run: as long as one may come back to be decided
    // again, the entry must remember whether the container runs.
    private int _callers;
    private bool _isRunning;
    private long _attempts;
    private long _saved;
    private long _refusals;

    public ContainerEntry(GuardedContainer container, LedgerTotals totals)
    {
        Container = container;
        _totals = totals;
        _isRunning = container.IsRunning;
        Run = totals.NextRun();
    }

    public GuardedContainer Container { get; private set; }

    /// <summary>Number of the present run, or of the pause after it.</summary>
    public long Run { get; private set; }

    /// <summary>When <see cref="Settle"/> has something to do next; null if nothing is due by time.</summary>
    public TimeSpan? NextDue { get; private set; }

    /// <summary>True where the probe is to look at the container.</summary>
    public bool NeedsEvidence { get; private set; }

    public bool HasOpenCalls => _open.Count > 0;

    /// <summary>Nothing is kept: the entry may go.</summary>
    public bool IsEmpty =>
        _open.Count == 0 && _waiting.Count == 0 && _callers == 0 && EvidenceSince is null && _backoff.Until is null && _recent.IsEmpty;

    public void Rename(string name)
    {
        Container = Container with { Name = name };
        _refusalBody = null;
    }

    /// <summary>
    /// The run is over (die, destroy, an answer that says so, a start or restart seen through us). Its open calls are closed to joins;
    /// calls that have joined them keep them. A stop or kill that was held during the run joins an unanswered one of that run: on the
    /// engine it would have waited for this very exit, and would have got the same answer. Sending it now could hit the next run.
    /// What is still held is left for <see cref="Redecide"/>.
    /// </summary>
    public void EndRun(bool isRunningAfter, Attempt? lead, Turn turn)
    {
        lead ??= _open.Find(attempt => attempt is { IsShadow: false, Ticket.Call.Operation: Operation.Stop or Operation.Kill });
        if (_isRunning)
            ProveRefusalsWrong(turn);
        EndEvidence(turn);
        for (var node = _waiting.First; node is not null;)
        {
            var ticket = node.Value;
            node = node.Next;
            if (ticket.IsObserved)
                SettleDown(ticket);
            else if (ticket.Phase != TicketPhase.Held)
                Unwait(ticket);
            else if (lead is not null && ticket.Run == Run && ticket.Call.Operation is Operation.Stop or Operation.Kill)
                Attach(ticket, lead, Reason.RunEnded, isOfPresentRun: false, turn);
        }
        BeginAnew(isRunningAfter);
    }

    /// <summary>
    /// The engine has restarted: it knows nothing of its open calls. Callers that joined them learn of it when the sender reports
    /// the lost connection; what was learned from the old engine is forgotten.
    /// </summary>
    public void EngineRestarted(Turn turn)
    {
        EndEvidence(turn);
        for (var node = _waiting.First; node is not null;)
        {
            var ticket = node.Value;
            node = node.Next;
            if (ticket.Phase != TicketPhase.Held)
                Unwait(ticket);
        }
        BeginAnew(_isRunning);
    }

    /// <summary>The container runs again after <see cref="EndRun"/>.</summary>
    public void Start() => _isRunning = true;

    public bool IsRunning => _isRunning;

    /// <summary>Takes an attempt that is over out of the open ones; false where it belongs to no present run.</summary>
    public bool Close(Attempt attempt)
    {
        if (!_open.Remove(attempt))
            return false;
        RefreshView();
        return true;
    }

    /// <summary>Forgets everything and hands out the callers that were not sent: the guard has failed and they are forwarded.</summary>
    public void FailOpen(Turn turn)
    {
        foreach (var ticket in _waiting.ToArray())
        {
            if (ticket.Own is null)
                Finish(ticket, Outcome.Unguarded.Instance, turn);
            else
                SettleDown(ticket);
        }
    }

    public ContainerSnapshot Snapshot(Turn turn) => new(
        Container,
        State().IsStuck(turn.Policies.Guard.Patience, turn.Now),
        Diagnosis,
        EvidenceSince is null ? null : _evidenceSinceUtc,
        _attempts,
        _open.Count,
        _callers,
        _open.Count == 0 ? null : turn.Now - _open[0].SentAt,
        _backoff.Until - turn.Now,
        _refusals,
        _saved);

    private void BeginAnew(bool isRunning)
    {
        _open.Clear();
        _view = [];
        Run = _totals.NextRun();
        _isRunning = isRunning;
        _attempts = _saved = _refusals = 0;
        Diagnosis = null;
        _killSentAt = null;
        _dueUtc = null;
        _refusalBody = null;
    }

    private void RefreshView() =>
        _view = [.. _open.Where(attempt => !attempt.IsShadow).Select(attempt => attempt.ToOpenCall())];

    private void Wait(Ticket ticket) => ticket.WaitingNode ??= _waiting.AddLast(ticket);

    private static void Unwait(Ticket ticket)
    {
        if (ticket.WaitingNode is { } node)
            node.List!.Remove(node);
        ticket.WaitingNode = null;
    }
}
