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
    private RunEvidence _evidence = RunEvidence.None;
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
    public Diagnosis? Diagnosis => _evidence.Last;

    /// <summary>Since when the evidence holds.</summary>
    public TimeSpan? EvidenceSince => _evidence.Since;

    /// <summary>
    /// The probe's report, where <see cref="NeedsEvidence"/>: SIGKILL is due then, or comes at an unknown time and by this report is
    /// pending.
    /// </summary>
    public void Evidence(long run, Diagnosis diagnosis, TimeSpan heldFor, Turn turn)
    {
        if (run != Run || !NeedsEvidence)
            return;
        _reportedAt = turn.Now;
        if (diagnosis.Kind == DiagnosisKind.CannotTell)
        {
            _totals.BlindLooks++;
            if (Diagnosis?.Kind != DiagnosisKind.CannotTell)
                turn.Report(new GuardEvent.CannotTell(Container));
        }
        var due = DueAt() is { } at && at <= turn.Now ? at : TimeSpan.Zero;
        var since = Max(turn.Now - heldFor, due);
        var (next, change) = _evidence.With(diagnosis, since, turn.UtcNow - (turn.Now - since));
        var hadEvidence = EvidenceSince is not null;
        if (change is EvidenceChange.Changed or EvidenceChange.Ended or EvidenceChange.NotRecognised)
            EndEvidence(turn, keepsInherited: change == EvidenceChange.Changed);
        if (change != EvidenceChange.None || !ReferenceEquals(next.Last, Diagnosis))
            _refusalBody = null;
        _evidence = next;
        if (change != EvidenceChange.None && next.Since is not null)
            turn.Report(new GuardEvent.EvidenceBegan(Container));
        if (hadEvidence && change != EvidenceChange.None)
            Redecide(turn);
    }

    /// <summary>What told of the evidence is not there any more: until the next report nobody is refused.</summary>
    public void Doubt(long run, Turn turn)
    {
        if (run == Run && _reportedAt + ReportIsFresh > turn.Now)
            _reportedAt = turn.Now - ReportIsFresh;
    }

    /// <summary>An attempt of this run ended without an exit event.</summary>
    private void NoExitEvent(Attempt attempt, Turn turn)
    {
        var sentAt = attempt.KillAt.Time is { } time && time < turn.Now ? time : turn.Now;
        _killSentAt = _killSentAt < sentAt ? _killSentAt : sentAt;
        if (EvidenceSince is not null && !attempt.IsShadow)
            _backoff = _backoff.After(attempt.SentAt, turn.Policies.For(attempt.Ticket.Call.Operation), turn.Now);
    }

    /// <summary>Forgets the back-off.</summary>
    public void ClearBackoff(Turn turn)
    {
        _backoff = Backoff.None;
        Redecide(turn);
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
        if (_quarantinedUntil <= turn.Now)
            _quarantinedUntil = null;
        var stuckAt = _isStuckReported || IsUnconfirmed ? null : _evidence.StuckAt(turn.Policies.Guard.Patience);
        if (stuckAt <= turn.Now)
        {
            (_isStuckReported, stuckAt) = (true, null);
            turn.Report(new GuardEvent.StuckBegan(Container, Diagnosis!, _evidence.SinceUtc));
        }
        _recent.Forget(turn.Now);
        NextDue = Sooner(Sooner(Sooner(_backoff.Until, _recent.NextDue), Sooner(_aheadUntil, _quarantinedUntil)), stuckAt);
        NextDue = Sooner(NextDue, _reportedAt + ReportCounts);
        if (_unanswered.Count > 0)
            NextDue = Sooner(NextDue, _unanswered[0].Until);
        foreach (var deadlines in _waiting.Deadlines)
            RefuseDue(deadlines, turn);
        NextDue = Sooner(NextDue, _recent.NextDue);
        AskForEvidence(turn);
    }

    // Each at the later of the time from which anybody may be and one of its own, which its ticket keeps.
    private void RefuseDue(WaitingDeadlines deadlines, Turn turn)
    {
        if (RefusableFrom(turn.Policies.For(deadlines.Operation), turn) is not { } from)
            return;
        var isEvidence = EvidenceSince is not null;
        while ((isEvidence ? deadlines.FirstByEvidence : deadlines.FirstByMaxWait) is { } ticket)
        {
            var deadline = Max(from, isEvidence ? ticket.RepeatEnd : ticket.MaxWaitEnd);
            if (deadline > turn.Now)
            {
                NextDue = Sooner(NextDue, deadline);
                return;
            }
            Refuse(ticket, isEvidence ? Reason.Stuck : Reason.MaxWait, turn);
        }
    }

    /// <summary>
    /// From when on a caller may be refused; null as long as nothing allows it, and as long as remembered evidence is not confirmed. With
    /// evidence: when the container becomes stuck; a repeat also waits for the end of its hold. Where it was looked and /proc can't be read:
    /// SIGKILL + patience of a call that was really sent; each caller also waits for its own SIGKILL + patience, and for arrival + maxWait.
    /// Where nobody has looked of late: not before somebody has.
    /// </summary>
    private TimeSpan? RefusableFrom(GuardPolicy policy, Turn turn)
    {
        if (!MayRefuse(turn))
            return null;
        if (_evidence.StuckAt(policy.Patience) is { } stuckAt)
            return stuckAt;
        return Diagnosis is { Kind: DiagnosisKind.CannotTell } ? DueAt() + policy.Patience : null;
    }

    private void Refuse(Ticket ticket, Reason reason, Turn turn)
    {
        if (ticket.RepeatIndex >= 0 && reason == Reason.Stuck)
            _repeatIndex = Math.Max(_repeatIndex, ticket.RepeatIndex + 1);
        var wait = _backoff.Until is { } until && until > turn.Now ? until - turn.Now : ticket.Policy.BackoffAt(0);
        var refusal = new Refusal(RefusalBody(turn), (int)Math.Clamp(Math.Ceiling(wait.TotalSeconds), 1, 3600), reason);
        _refusals++;
        _totals.Refusals++;
        _recent.Add(ticket.Call.Operation, EvidenceSince is null ? null : Diagnosis, turn.Now);
        turn.Report(new GuardEvent.Refused(ticket, refusal, _view.Length, Diagnosis));
        if (ticket.IsObserved)
            SettleDown(ticket);
        else
            Finish(ticket, new Outcome.Refused(refusal), turn);
    }

    private byte[] RefusalBody(Turn turn)
    {
        if (EvidenceSince is not null)
            return _refusalBody ??= RefusalText.Write(Container, Diagnosis, _evidence.SinceUtc);
        _dueUtc ??= turn.UtcNow - (turn.Now - (DueAt() ?? turn.Now));
        return _refusalBody ??= RefusalText.Write(Container, null, _dueUtc.Value);
    }

    /// <summary>
    /// Nobody looks any more: whoever did has ended, or hangs. The container may have come free meanwhile, so nothing is refused for what was
    /// seen then.
    /// </summary>
    private void LoseSight(Turn turn)
    {
        var hadEvidence = EvidenceSince is not null;
        if (hadEvidence)
            EndEvidence(turn);
        _reportedAt = null;
        _evidence = RunEvidence.None;
        _refusalBody = null;
        if (hadEvidence)
            Redecide(turn);
    }

    /// <param name="turn">The input.</param>
    /// <param name="keepsInherited">The run goes on, and with it the calls that an earlier process has sent in it.</param>
    private void EndEvidence(Turn turn, bool keepsInherited = false)
    {
        if (_isStuckReported)
            turn.Report(new GuardEvent.StuckEnded(Container, Diagnosis!, turn.Now - EvidenceSince!.Value, _saved));
        _isStuckReported = false;
        _evidence = _evidence.Over();
        if (!keepsInherited)
            _inherited = 0;
        _backoff = Backoff.None;
        _repeatIndex = 0;
        _refusalBody = null;
    }

    /// <summary>
    /// The run has ended. Mostly what the refusals named was mended just then; whether the container ended in spite of it only a look at those
    /// tasks can tell.
    /// </summary>
    private void ReviewRefusals(Turn turn)
    {
        _recent.Forget(turn.Now);
        foreach (var refusals in _recent.TakeAll(Container))
        {
            foreach (var (operation, count) in refusals.Counts)
            {
                _totals.EndedSoon += count;
                turn.Report(new GuardEvent.EndedSoonAfterRefusals(Container, operation, count));
            }
            if (!refusals.Named.IsEmpty)
                turn.Review(refusals);
        }
    }

    private void AskForEvidence(Turn turn)
    {
        var isLooking = _isRunning && turn.Policies.Guard.Mode != GuardMode.Off;
        NeedsEvidence = isLooking && EvidenceSince is not null;
        if (isLooking && !NeedsEvidence && _open.Count > 0)
        {
            var due = DueAt();
            foreach (var attempt in _open)
                if (attempt.KillAt.IsUnknown)
                    due = Sooner(due, attempt.SentAt + turn.Policies.For(attempt.Ticket.Call.Operation).Patience);
            NeedsEvidence = due <= turn.Now;
            if (!NeedsEvidence)
                NextDue = Sooner(NextDue, due);
        }
        if (NeedsEvidence && _askedInRun != Run)
            turn.NeedEvidence();
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

    // Nobody by what an earlier process has seen, or by what was seen a while ago.
    private bool MayRefuse(Turn turn) => !IsUnconfirmed && _reportedAt + ReportIsFresh > turn.Now;

    // Who waits already keeps its place: none is turned away for being too many.
    private ContainerState State() =>
        new(_isRunning, _view, EvidenceSince, _backoff.Until, _inherited, LeastPatience: _evidence.LeastPatience, MayRefuse: false);

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan? Sooner(TimeSpan? one, TimeSpan? other) => one is null || other < one ? other ?? one : one;
}
