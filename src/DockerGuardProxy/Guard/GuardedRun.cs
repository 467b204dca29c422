using System.Collections.Immutable;
using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Guard;

/// <summary>
/// One run of a container, or the pause after it: its open calls, its evidence and what has come of them. Replaced whole by the next.
/// Belongs to the lock of <see cref="LedgerKeeper"/>.
/// </summary>
/// <param name="container">Whose.</param>
/// <param name="number">The ledger's own number of it.</param>
/// <param name="isOn">The container runs.</param>
internal sealed class GuardedRun(GuardedContainer container, long number, bool isOn)
{
    // Attempts of this run that are not over, oldest first.
    private readonly List<Attempt> _open = [];

    private EvidenceAccount _account;
    private RefusalBody? _refusal;

    // When an attempt of this run, over by now, had SIGKILL sent.
    private TimeSpan? _killSentAt;

    // When SIGKILL was due, as the first text without evidence has said it.
    private DateTimeOffset? _dueUtc;

    public GuardedContainer Container { get; private set; } = container;

    public long Number => number;

    /// <summary>False in the pause after a run.</summary>
    public bool IsOn { get; private set; } = isOn;

    public IReadOnlyList<Attempt> Open => _open;

    /// <summary>What the decision sees of them.</summary>
    public ImmutableArray<OpenCall> View { get; private set; } = [];

    public RunEvidence Evidence { get; private set; } = RunEvidence.None;

    /// <summary>True where the probe is to look at the container.</summary>
    public bool NeedsEvidence { get; private set; }

    /// <summary>Calls that ended without being sent.</summary>
    public long Saved { get; set; }

    /// <summary>Calls that were sent.</summary>
    public long Attempts { get; private set; }

    /// <summary>Calls that were refused, or would have been.</summary>
    public long Refusals { get; private set; }

    /// <summary>Open calls, those that an earlier process has sent included.</summary>
    public int OpenCalls => _open.Count + _account.Inherited;

    public Backoff Backoff => _account.Backoff;

    /// <summary>The first open call that matches.</summary>
    public Attempt? Find(Predicate<Attempt> match) => _open.Find(match);

    public GuardedRun Next(long nextNumber, bool isOnThen) => new(Container, nextNumber, isOnThen);

    /// <summary>The pause is over.</summary>
    public void Begin() => IsOn = true;

    public void Rename(string name) => Container = Container with { Name = name };

    /// <summary>An attempt is sent in this run.</summary>
    public void Add(Attempt attempt)
    {
        Attempts++;
        _open.Add(attempt);
        if (!attempt.IsShadow)
            RefreshView();
    }

    /// <summary>Observe mode has sent it long ago; from now on it counts, as if it had been sent only now.</summary>
    public void Count(Attempt shadow)
    {
        shadow.IsShadow = false;
        RefreshView();
    }

    /// <summary>Takes an attempt that is over out of the open ones; false where it is of another run.</summary>
    public bool Close(Attempt attempt)
    {
        if (!_open.Remove(attempt))
            return false;
        if (!attempt.IsShadow)
            RefreshView();
        return true;
    }

    /// <summary>The run as the decision sees it when one who waits is decided about again: it keeps its place, and is not refused at once.</summary>
    public ContainerState State() => new(
        IsOn, View, Evidence.Since, Backoff.Until, _account.Inherited, LeastPatience: Evidence.LeastPatience, MayRefuse: false);

    /// <summary>The next repeat's number, where the container is stuck by that patience; -1 where it is not.</summary>
    public int RepeatIndex(TimeSpan patience, TimeSpan now) => State().IsStuck(patience, now) ? _account.Repeats : -1;

    /// <summary>
    /// The probe's report: SIGKILL is due, or comes at an unknown time and by this report is pending. True where those who are held are to be
    /// decided about again.
    /// </summary>
    public bool Take(Diagnosis diagnosis, TimeSpan heldFor, Turn turn)
    {
        if (diagnosis.Kind == DiagnosisKind.CannotTell && Evidence.Last?.Kind != DiagnosisKind.CannotTell)
            turn.Report(new GuardEvent.CannotTell(Container));
        var due = DueAt() is { } at && at <= turn.Now ? at : TimeSpan.Zero;
        var since = Due.Later(turn.Now - heldFor, due);
        var (next, change) = Evidence.With(diagnosis, since, turn.UtcNow - (turn.Now - since), turn.Now);
        var hadEvidence = Evidence.Since is not null;
        if (change is EvidenceChange.Changed or EvidenceChange.Ended or EvidenceChange.NotRecognised)
        {
            // Where the cause alone has changed the run goes on, and with it the calls that an earlier process has sent in it.
            var inherited = change == EvidenceChange.Changed ? _account.Inherited : 0;
            EndEvidence(turn);
            _account = _account with { Inherited = inherited };
        }
        Evidence = next;
        if (change != EvidenceChange.None && next.Since is not null)
            turn.Report(new GuardEvent.EvidenceBegan(Container));
        return hadEvidence && change != EvidenceChange.None;
    }

    /// <summary>What told of the evidence is not there any more: until the next report nobody is refused.</summary>
    public void Doubt(TimeSpan now) => Evidence = Evidence.Doubted(now);

    /// <summary>Nothing counts any more of what was seen, and nothing that came of it.</summary>
    public void EndEvidence(Turn turn)
    {
        if (_account.IsStuckReported)
            turn.Report(new GuardEvent.StuckEnded(Container, Evidence.Last!, turn.Now - Evidence.Since!.Value, Saved));
        Evidence = Evidence.Over();
        _account = default;
    }

    /// <summary>
    /// Nobody looks any more: whoever did has ended, or hangs. The container may have come free meanwhile, so nothing is refused for what was
    /// seen then. True where those who are held are to be decided about again.
    /// </summary>
    public bool LoseSight(Turn turn)
    {
        if (!(Evidence.LostAt <= turn.Now))
            return false;
        var hadEvidence = Evidence.Since is not null;
        if (hadEvidence)
            EndEvidence(turn);
        Evidence = RunEvidence.None;
        return hadEvidence;
    }

    /// <summary>Reports the container as stuck, once, when it is; when it will be, null where that can't be said.</summary>
    public TimeSpan? TellStuck(Turn turn)
    {
        var stuckAt = _account.IsStuckReported || Evidence.IsUnconfirmed ? null : Evidence.StuckAt(turn.Policies.Guard.Patience);
        if (!(stuckAt <= turn.Now))
            return stuckAt;
        _account = _account with { IsStuckReported = true };
        turn.Report(new GuardEvent.StuckBegan(Container, Evidence.Last!, Evidence.SinceUtc));
        return null;
    }

    /// <summary>Asks for evidence where it is needed; when it will be, null where that can't be said.</summary>
    public TimeSpan? AskForEvidence(Turn turn)
    {
        var mayLook = IsOn && turn.Policies.Guard.Mode != GuardMode.Off;
        var needs = mayLook && Evidence.Since is not null;
        TimeSpan? due = null;
        if (mayLook && !needs && _open.Count > 0)
        {
            due = DueAt();
            foreach (var attempt in _open)
            {
                if (attempt.KillAt.IsUnknown)
                    due = Due.Sooner(due, attempt.SentAt + turn.Policies.For(attempt.Ticket.Call.Operation).Patience);
            }

            needs = due <= turn.Now;
        }
        if (needs && !NeedsEvidence)
            turn.NeedEvidence();
        NeedsEvidence = needs;
        return needs ? null : due;
    }

    /// <summary>An attempt of this run ended without an exit event.</summary>
    public void NoExitEvent(Attempt attempt, Turn turn)
    {
        _killSentAt = Due.Sooner(_killSentAt, attempt.KillAt.Time is { } time && time < turn.Now ? time : turn.Now);
        if (Evidence.Since is not null && !attempt.IsShadow)
            SetBackoff(Backoff.After(attempt.SentAt, turn.Policies.For(attempt.Ticket.Call.Operation), turn.Now));
    }

    /// <summary>The pause is over, if it is by now; true where it ended just so.</summary>
    public bool EndPause(TimeSpan now)
    {
        if (!(Backoff.Until <= now))
            return false;
        SetBackoff(Backoff.Elapsed());
        return true;
    }

    public void ClearBackoff() => SetBackoff(Backoff.None);

    /// <summary>
    /// From when on a caller may be refused; null as long as nothing allows it, and as long as remembered evidence is not confirmed. With
    /// evidence: when the container becomes stuck; a repeat also waits for the end of its hold. Where it was looked and /proc can't be read:
    /// SIGKILL + patience of a call that was really sent; each caller also waits for its own SIGKILL + patience, and for arrival + maxWait.
    /// Where nobody has looked of late: not before somebody has.
    /// </summary>
    public TimeSpan? RefusableFrom(GuardPolicy policy, TimeSpan now)
    {
        if (!Evidence.MayRefuse(now))
            return null;
        if (Evidence.StuckAt(policy.Patience) is { } stuckAt)
            return stuckAt;
        return Evidence.Last is { Kind: DiagnosisKind.CannotTell } ? DueAt() + policy.Patience : null;
    }

    /// <summary>Writes a refusal.</summary>
    public Refusal Refuse(Ticket ticket, Reason reason, Turn turn)
    {
        if (ticket.RepeatIndex >= 0 && reason == Reason.Stuck)
            _account = _account with { Repeats = Math.Max(_account.Repeats, ticket.RepeatIndex + 1) };
        var hasEvidence = Evidence.Since is not null;
        if (!hasEvidence)
            _dueUtc ??= turn.UtcNow - (turn.Now - (DueAt() ?? turn.Now));
        _refusal = hasEvidence
            ? RefusalBody.Of(_refusal, Container, Evidence.Last, Evidence.SinceUtc)
            : RefusalBody.Of(_refusal, Container, null, _dueUtc!.Value);
        Refusals++;
        var wait = Backoff.Until is { } until && until > turn.Now ? until - turn.Now : ticket.Policy.BackoffAt(0);
        return new Refusal(_refusal.Bytes, (int)Math.Clamp(Math.Ceiling(wait.TotalSeconds), 1, 3600), reason);
    }

    /// <summary>What is worth to outlive the process; null without evidence, or where no task names the run.</summary>
    /// <param name="origin">Zero of the ledger's clock on the clock that counts from boot.</param>
    public RememberedContainer? Remember(TimeSpan origin)
    {
        if (Evidence is not { Since: { } since, Last: { Tasks.IsEmpty: false } evidence })
            return null;
        return new RememberedContainer(
            Container,
            evidence,
            origin + since,
            Evidence.SinceUtc,
            _account.IsStuckReported,
            OpenCalls,
            origin + Backoff.Until,
            Backoff.Level,
            origin + Backoff.Since,
            _account.Repeats,
            Attempts,
            Refusals,
            Saved);
    }

    /// <summary>
    /// Takes over what an earlier process knew. Nobody is refused by it before the probe has found the same tasks still there; until then
    /// callers are held.
    /// </summary>
    /// <param name="known">What it knew; the engine is the same process since.</param>
    /// <param name="origin">Zero of the ledger's clock on the clock that counts from boot.</param>
    /// <param name="engineGivesUp">Such calls end by themselves on this engine, though nobody hears of it: they cost a pause.</param>
    /// <param name="turn">The input.</param>
    public void Restore(RememberedContainer known, TimeSpan origin, bool engineGivesUp, Turn turn)
    {
        Evidence = RunEvidence.Remembered(known.Evidence, known.EvidenceSince - origin, known.EvidenceSinceUtc, turn.Now);
        (Attempts, Refusals, Saved) = (known.Attempts, known.Refusals, known.CallsSaved);
        var backoff = new Backoff(known.BackoffUntil - origin, known.BackoffLevel, known.BackoffSince - origin);
        if (engineGivesUp && known.OpenCalls > 0)
            backoff = backoff.After(turn.Now, turn.Policies.Guard, turn.Now);
        _account = new EvidenceAccount(known.IsStuckReported, known.RepeatIndex, backoff, engineGivesUp ? 0 : known.OpenCalls);
    }

    private void SetBackoff(Backoff backoff) => _account = _account with { Backoff = backoff };

    /// <summary>When the first SIGKILL of this run was or will be sent, as far as is known.</summary>
    private TimeSpan? DueAt()
    {
        var due = _killSentAt;
        foreach (var attempt in _open)
            due = Due.Sooner(due, attempt.KillAt.Time);
        return due;
    }

    private void RefreshView() => View = [.. _open.Where(attempt => !attempt.IsShadow).Select(attempt => attempt.ToOpenCall())];
}
