using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Guard;

internal sealed partial class ContainerEntry
{
    /// <summary>How long a report counts. Usually the next comes two seconds later; where reads of /proc drag, after sixteen.</summary>
    internal static readonly TimeSpan ReportCounts = TimeSpan.FromSeconds(30);

    /// <summary>Nobody is refused by an older report: the next is waited for.</summary>
    internal static readonly TimeSpan ReportIsFresh = TimeSpan.FromSeconds(5);

    private readonly RecentRefusals _recent = new();
    private Backoff _backoff = Backoff.None;
    private DateTimeOffset _evidenceSinceUtc;
    private Diagnosis? _evidence;
    private bool _isStuckReported;
    private int _repeatIndex;
    private long _askedInRun;

    // When an attempt of this run, over by now, had SIGKILL sent.
    private TimeSpan? _killSentAt;

    // The same text again and again: built once. Cleared whenever something in it changes.
    private byte[]? _refusalBody;
    private DateTimeOffset? _dueUtc;

    // When the last report came that counts still.
    private TimeSpan? _reportedAt;

    /// <summary>The last report of this run; null where nobody has looked of late.</summary>
    public Diagnosis? Diagnosis { get; private set; }

    /// <summary>Since when the evidence holds.</summary>
    public TimeSpan? EvidenceSince { get; private set; }

    /// <summary>
    /// The probe's report, where <see cref="NeedsEvidence"/>: SIGKILL is due then, or comes at an unknown time and by this report is
    /// pending.
    /// </summary>
    public void Evidence(Diagnosis diagnosis, TimeSpan heldFor, Turn turn)
    {
        _reportedAt = turn.Now;
        if (diagnosis.Kind == DiagnosisKind.CannotTell)
        {
            _totals.BlindLooks++;
            if (Diagnosis?.Kind != DiagnosisKind.CannotTell)
                turn.Report(new GuardEvent.CannotTell(Container));
        }
        if (Diagnosis is null || Diagnosis.Kind != diagnosis.Kind || !Diagnosis.Tasks.SequenceEqual(diagnosis.Tasks))
        {
            Diagnosis = diagnosis;
            _refusalBody = null;
        }
        Recognise(diagnosis, turn);
        if (!diagnosis.IsEvidence)
        {
            if (EvidenceSince is null)
                return;
            EndEvidence(turn);
            Redecide(turn);
        }
        else if (EvidenceSince is null)
        {
            var since = Max(turn.Now - heldFor, DueAt() is { } due && due <= turn.Now ? due : TimeSpan.Zero);
            EvidenceSince = since < turn.Now ? since : turn.Now;
            _evidenceSinceUtc = turn.UtcNow - (turn.Now - EvidenceSince.Value);
            _refusalBody = null;
            _evidence = Diagnosis;
            turn.Report(new GuardEvent.EvidenceBegan(Container));
        }
        else
        {
            _evidence = Diagnosis;
        }
    }

    /// <summary>An attempt of this run ended without an exit event.</summary>
    public void NoExitEvent(Attempt attempt, Turn turn)
    {
        var sentAt = attempt.KillAt.Time is { } time && time < turn.Now ? time : turn.Now;
        _killSentAt = _killSentAt < sentAt ? _killSentAt : sentAt;
        if (EvidenceSince is not null && !attempt.IsShadow)
            _backoff = _backoff.After(attempt.SentAt, attempt.Ticket.Policy, turn.Now);
    }

    /// <summary>Forgets the back-off; true if there was one.</summary>
    public bool ClearBackoff(Turn turn)
    {
        var had = _backoff != Backoff.None;
        _backoff = Backoff.None;
        Redecide(turn);
        return had;
    }

    /// <summary>Does what is due by time, and finds out what is due next and whether the probe is needed. Ends every input.</summary>
    public void Settle(Turn turn)
    {
        if (_backoff.Until <= turn.Now)
        {
            _backoff = _backoff.Elapsed();
            Redecide(turn);
        }
        if (_reportedAt + ReportCounts <= turn.Now)
            LoseSight(turn);
        ForgetLateAnswers(turn);
        if (_aheadUntil <= turn.Now)
            _aheadUntil = null;
        if (!_isStuckReported && !IsUnconfirmed && State().IsStuck(turn.Policies.Guard.Patience, turn.Now))
        {
            _isStuckReported = true;
            turn.Report(new GuardEvent.StuckBegan(Container, _evidence!, _evidenceSinceUtc));
        }
        _recent.Forget(turn.Now);
        NextDue = Sooner(Sooner(Sooner(_backoff.Until, _recent.NextDue), _aheadUntil), _reportedAt + ReportCounts);
        if (_unanswered.Count > 0)
            NextDue = Sooner(NextDue, _unanswered[0].Until);
        if (!_isStuckReported && EvidenceSince is { } since)
            NextDue = Sooner(NextDue, since + turn.Policies.Guard.Patience);
        for (var node = _waiting.First; node is not null;)
        {
            var ticket = node.Value;
            node = node.Next;
            if (DeadlineOf(ticket, turn) is not { } deadline)
                continue;
            if (deadline <= turn.Now)
                Refuse(ticket, EvidenceSince is null ? Reason.MaxWait : Reason.Stuck, turn);
            else
                NextDue = Sooner(NextDue, deadline);
        }
        AskForEvidence(turn);
    }

    /// <summary>
    /// When the caller is refused; null as long as nothing allows it, and as long as remembered evidence is not confirmed. With evidence: when the container becomes stuck, or for a repeat
    /// at the end of its hold. Where it was looked and /proc can't be read: the later of SIGKILL + patience and arrival + maxWait, where
    /// SIGKILL is that of the call itself and of one that was really sent. Where nobody has looked of late: not before somebody has.
    /// </summary>
    private TimeSpan? DeadlineOf(Ticket ticket, Turn turn)
    {
        var policy = ticket.Policy;
        if (IsUnconfirmed || !(_reportedAt + ReportIsFresh > turn.Now))
            return null;
        if (EvidenceSince is { } since)
        {
            var stuckAt = since + policy.Patience;
            return ticket.RepeatIndex < 0 ? stuckAt : Max(stuckAt, ticket.ArrivedAt + policy.HoldAt(ticket.RepeatIndex));
        }
        if (Diagnosis is not { Kind: DiagnosisKind.CannotTell } || DueAt() is not { } due)
            return null;
        var own = ticket.KillAtIfSent(ticket.ArrivedAt).Time ?? due;
        return Max(Max(due, own) + policy.Patience, ticket.ArrivedAt + policy.MaxWait);
    }

    private void Refuse(Ticket ticket, Reason reason, Turn turn)
    {
        if (ticket.RepeatIndex >= 0 && reason == Reason.Stuck)
            _repeatIndex = Math.Max(_repeatIndex, ticket.RepeatIndex + 1);
        var wait = _backoff.Until is { } until && until > turn.Now ? until - turn.Now : ticket.Policy.BackoffAt(0);
        var refusal = new Refusal(RefusalBody(turn), (int)Math.Clamp(Math.Ceiling(wait.TotalSeconds), 1, 3600), reason);
        _refusals++;
        _totals.Refusals++;
        _recent.Add(ticket.Call.Operation, turn.Now);
        turn.Report(new GuardEvent.Refused(ticket, refusal, _view.Length, Diagnosis));
        if (ticket.IsObserved)
            SettleDown(ticket);
        else
            Finish(ticket, new Outcome.Refused(refusal), turn);
    }

    private byte[] RefusalBody(Turn turn)
    {
        if (EvidenceSince is not null)
            return _refusalBody ??= RefusalText.Write(Container, _evidence, _evidenceSinceUtc);
        _dueUtc ??= turn.UtcNow - (turn.Now - (DueAt() ?? turn.Now));
        return _refusalBody ??= RefusalText.Write(Container, null, _dueUtc.Value);
    }

    /// <summary>
    /// Nobody looks any more: whoever did has ended, or hangs. The container may have come free meanwhile, so nothing is refused for what was
    /// seen then.
    /// </summary>
    private void LoseSight(Turn turn)
    {
        _reportedAt = null;
        Diagnosis = null;
        _refusalBody = null;
        if (EvidenceSince is null)
            return;
        EndEvidence(turn);
        Redecide(turn);
    }

    private void EndEvidence(Turn turn)
    {
        if (_isStuckReported)
            turn.Report(new GuardEvent.StuckEnded(Container, _evidence!, turn.Now - EvidenceSince!.Value, _saved));
        _isStuckReported = false;
        EvidenceSince = null;
        _evidence = null;
        ForgetInherited();
        _backoff = Backoff.None;
        _repeatIndex = 0;
        _refusalBody = null;
    }

    private void ProveRefusalsWrong(Turn turn)
    {
        _recent.Forget(turn.Now);
        foreach (var (operation, count) in _recent.TakeAll())
        {
            _totals.WrongRefusals += count;
            turn.Report(new GuardEvent.RefusalsProvedWrong(Container, operation, count));
        }
    }

    private void AskForEvidence(Turn turn)
    {
        NeedsEvidence = _isRunning && EvidenceSince is not null;
        if (_isRunning && !NeedsEvidence && _open.Count > 0)
        {
            var due = DueAt();
            foreach (var attempt in _open)
                if (attempt.KillAt.IsUnknown)
                    due = Sooner(due, attempt.SentAt + attempt.Ticket.Policy.Patience);
            NeedsEvidence = due <= turn.Now;
            if (!NeedsEvidence)
                NextDue = Sooner(NextDue, due);
        }
        if (NeedsEvidence && _askedInRun != Run)
            turn.Need(Need);
        _askedInRun = NeedsEvidence ? Run : 0;
    }

    /// <summary>When the first SIGKILL of this run was or will be sent, as far as is known.</summary>
    private TimeSpan? DueAt()
    {
        var due = _killSentAt;
        foreach (var attempt in _open)
            due = Sooner(due, attempt.KillAt.Time);
        return due;
    }

    private ContainerState State() =>
        new(_isRunning, _view, EvidenceSince, _backoff.Until, _inherited);

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan? Sooner(TimeSpan? one, TimeSpan? other) => one is null || other < one ? other ?? one : one;
}
