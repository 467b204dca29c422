using System.Collections.Immutable;
using System.Text;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Guard;

/// <summary>
/// Two containers, their callers and an engine, driven by random steps. It keeps its own plain account of what happened and checks the
/// ledger against it after every step: what may never happen, never did.
/// </summary>
internal sealed class LedgerModel : IAttemptSender, IRefusalReview, IGuardObserver, IDisposable
{
    private static readonly double[] Graces = [0, 0, 1, 2, 5, 30, -1, double.NaN];
    private static readonly double[] Pauses = [0.5, 1, 2, 3, 5, 12];
    private static readonly string?[] Signals = [null, null, "TERM", "INT"];

    private static readonly StuckTask FirstTask = new(7, 7, 1, "dd", 'D', "io_schedule", null);
    private static readonly StuckTask OtherTask = FirstTask with { Pid = 8, Tid = 8 };

    private readonly FakeTimeProvider _time = new();
    private readonly LedgerKeeper _ledger;
    private readonly GuardPolicy _policy;
    private readonly Box[] _boxes;
    private readonly List<Call> _calls = [];
    private readonly List<Sent> _sent = [];
    private readonly List<EvidenceNeed> _oldNeeds = [];
    private readonly Dictionary<Ticket, Call> _byTicket = [];
    private readonly long _origin;
    private int _moment;

    // What the ledger calls may not throw into it: it would be taken for a fault of theirs. Thrown at the next check.
    private Exception? _broken;

    // The call that is arriving: its first send may come before Arrive returns.
    private Call? _arriving;

    public LedgerModel(int maxInFlight, GuardMode mode = GuardMode.Enforce)
    {
        _policy = new GuardPolicy
        {
            Mode = mode,
            Patience = Seconds(3),
            MaxWait = Seconds(20),
            RepeatHold = [Seconds(2), Seconds(4), Seconds(8)],
            Backoff = [Seconds(6), Seconds(12)],
            MaxInFlight = maxInFlight,
        };
        _origin = _time.GetTimestamp();
        _ledger = new LedgerKeeper(_time, GuardPolicies.All(_policy), this, this, this);
        _boxes = [new Box("a", Seconds(2), ""), new Box("b", null, null)];
    }

    /// <summary>How often what was reached; a property that never meets the hard cases shows nothing.</summary>
    public Dictionary<string, int> Reached { get; } = [];

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>One random step: what, and two numbers that it interprets.</summary>
    public void Step(int what, int one, int two)
    {
        _moment++;
        var box = _boxes[one % 10 == 0 ? 1 : 0];
        switch (what)
        {
            case < 34:
                Arrive(box, one, two);
                break;
            case < 50:
                Answer(one, two);
                break;
            case < 55:
                Leave(one);
                break;
            case < 75:
                Report(one, two);
                break;
            case < 91:
                _time.Advance(Seconds(Pauses[two % Pauses.Length]));
                break;
            case < 93:
                Exit(box);
                break;
            case 93:
                box.Tell(_ledger);
                break;
            case 94:
                Start(box);
                break;
            case 95:
                // Looks for most of a minute: chance alone would not keep reports fresh for as long as a lost exit takes.
                for (var i = 0; i < 12; i++)
                {
                    _time.Advance(Seconds(4));
                    Check();
                    Report(1, 12);
                    Check();
                }

                break;
            case 96:
                // Ever shorter stops: more steps than chance alone would ever line up.
                for (var i = 0; i < 10; i++)
                    Arrive(box, one - (one % 10) + (i % 3), 48);
                break;
            case 97:
                _ledger.Renamed(box.Id, $"n{two}");
                break;
            case 98:
                if (two % 4 == 0)
                    RestartEngine();
                break;
            default:
                box.BackoffFloor = TimeSpan.Zero;
                _ledger.ReleaseBackoff(box.Id);
                break;
        }
        Check();
    }

    /// <summary>Everything is answered, everybody has left, and a minute is over: nothing may be left.</summary>
    public void ComeToRest()
    {
        foreach (var box in _boxes)
        {
            Exit(box);
            Check();
        }
        while (_sent.Find(sent => !sent.IsOver) is { } open)
        {
            End(open, 204);
            Check();
        }
        Assert.All(_calls, call => Assert.True(call.Ticket.Outcome.IsCompleted, "a caller was never answered"));
        foreach (var call in _calls)
            _ledger.CallerLeft(call.Ticket);
        _time.Advance(Seconds(62));
        var snapshot = _ledger.Snapshot();
        Assert.Equal((0, 0, 0), (snapshot.OpenCalls, snapshot.WaitingCalls, snapshot.Containers.Length));
        Assert.Empty(_ledger.EvidenceNeeds());
        // The timer must not keep firing for nothing either: a leaked entry would refuse somebody some day.
        _time.Advance(TimeSpan.FromDays(1));
        Check();
    }

    /// <summary>The proxy is stopped wherever it is: every caller is told something, and nothing more is sent.</summary>
    public void Stop()
    {
        var sent = _sent.Count;
        _ledger.TurnAway(all: false);
        Check();
        foreach (var call in _calls.Where(call => !call.HasLeft && !call.WasSent))
            Assert.True(call.Ticket.Outcome.IsCompleted, "a caller was left waiting");
        _ledger.TurnAway(all: true);
        Check();
        Assert.All(_calls.Where(call => !call.HasLeft), call => Assert.True(call.Ticket.Outcome.IsCompleted, "a caller was left waiting"));
        Assert.Equal(sent, _sent.Count);
        Assert.Equal(0, _ledger.Snapshot().WaitingCalls);
    }

    public Task<AttemptAnswer> SendAsync(Attempt attempt, Func<bool> mayBeSent)
    {
        Keep(() => CheckSend(attempt));
        return LedgerRig.Never;
    }

    private void CheckSend(Attempt attempt)
    {
        LoseSight();
        var call = Of(attempt.Ticket);
        var box = call.Box;
        Assert.False(call.WasSent, "sent twice");
        Assert.False(call.HasLeft, "sent after the caller had left");
        call.WasSent = true;
        var openNow = OpenOf(box).ToArray();
        if (_policy.Mode == GuardMode.Enforce && box.IsRunning && call.IsOfRun && IsStuck(box))
        {
            Assert.True(openNow.Length == 0, "sent while stuck and a call is open");
            Assert.True(Now >= box.BackoffFloor, "sent while back-off runs");
            Count(box.BackoffFloor > TimeSpan.Zero ? "attempt after back-off" : "attempt while stuck");
        }
        if (!ReferenceEquals(call, _arriving))
        {
            Assert.True(attempt.IsByFullId, "sent late under a name");
            if (call.Operation == Operation.Restart && _policy.Mode == GuardMode.Enforce)
                CheckRestart(call);
        }
        _sent.Add(new Sent(attempt, call, box.IsRunning && call.IsOfRun ? box.Run : -1, _moment, KillAtOf(call)));
    }

    // The engine's other answers about an ended run come first, or a second goes by: they could meet the run that the restart starts.
    private void CheckRestart(Call call)
    {
        var unanswered = _sent.Where(sent => !sent.IsOver && sent.Call.Box == call.Box && call.HeldAtEnds.Contains(sent.RunEndedIn)).ToArray();
        if (unanswered.Length == 0)
            return;
        Assert.True(Now >= unanswered.Max(sent => sent.RunEndedAt) + Seconds(1), "a held restart overtook the answers about the run before");
        Count("restart after unanswered calls");
    }

    public Task<bool> StillWaitAsync(EndedRefusals refusals)
    {
        Keep(() => Assert.NotEmpty(refusals.Named));
        return Task.FromResult(false);
    }

    public void On(GuardEvent happened) => Keep(() => CheckEvent(happened));

    private void CheckEvent(GuardEvent happened)
    {
        LoseSight();
        Assert.IsNotType<GuardEvent.Faulted>(happened);
        if (happened is GuardEvent.Decided { Verdict.Reason: var reason })
            Count(reason.ToString());
        if (happened is not GuardEvent.Refused refused)
            return;
        var box = Of(refused.Ticket).Box;
        Assert.True(box.IsRunning, "refused though the container does not run");
        Assert.True(box.ReportedAt + RunEvidence.ReportIsFresh > Now, "refused though nobody had looked of late");
        if (IsStuck(box))
        {
            Count(box.Diagnosis == DiagnosisKind.ExitLost ? "refused on a lost exit" : "refused on evidence");
            return;
        }
        Assert.True(box.EvidenceSince is null, "refused before patience was over");
        Assert.True(box.Diagnosis == DiagnosisKind.CannotTell, "refused though nobody had looked");
        Assert.True(Now >= refused.Ticket.ArrivedAt + _policy.MaxWait, "refused before maxWait");
        Assert.True(
            _sent.Exists(sent => sent.Run == box.Run && sent.Call.Box == box
                && sent.KillSentAt + _policy.Patience.TotalSeconds <= Now.TotalSeconds),
            "refused though SIGKILL was not due");
        Count("refused at maxWait");
    }

    public void Dispose() => _ledger.Dispose();

    private void Arrive(Box box, int one, int two)
    {
        var operation = (one % 10) switch { < 4 => Operation.Stop, < 7 => Operation.Kill, < 9 => Operation.Restart, _ => Operation.Remove };
        var seconds = Graces[two % Graces.Length];
        // Now and then a little shorter than anything open: many small steps.
        var soonest = OpenOf(box).Select(sent => sent.KillAt - Now.TotalSeconds).Append(100).Where(left => left > 0).Min();
        if (two % 3 == 0)
            seconds = soonest * 0.9;
        var grace = operation is Operation.Kill or Operation.Remove ? Grace.None
            : double.IsNaN(seconds) ? Grace.OfContainer : seconds < 0 ? Grace.Never : Grace.After(Seconds(seconds));
        var signal = operation == Operation.Stop ? Signals[two / 10 % Signals.Length] : null;
        // What the ledger knows ahead of the index is kept for 5 s, and events take less.
        if (Now >= box.UntoldSince + Seconds(5))
            box.TellAll(_ledger);
        var call = new Call(box, operation, grace, _moment, box.Run) { IsOfRun = box.ShowsRunning };
        var mustPass = box.ShowsRunning && MustPass(box, call);
        var terminating = new TerminatingCall(operation, box.Id, grace, signal);
        var container = new GuardedContainer(box.Id, box.Id, box.ShowsRunning, box.ShownLife, box.StopTimeout, box.StopSignal);
        _arriving = call;
        var ticket = two % 7 == 0 ? _ledger.TryArrive(terminating, container, null, isConfirmed: false) : null;
        if (ticket is null)
        {
            Assert.False(call.WasSent, "sent though nothing was to come of it");
            if (two % 7 == 0)
                Count("not certain");
            ticket = _ledger.Arrive(terminating, container, null);
        }
        _arriving = null;
        call.Ticket = ticket;
        _byTicket[ticket] = call;
        _calls.Add(call);
        if (mustPass)
            Assert.True(call.WasSent, "an escalation was delayed");
        if (!box.IsRunning || !box.ShowsRunning || _policy.Mode == GuardMode.Observe)
            Assert.True(call.WasSent, "not forwarded");
    }

    private bool MustPass(Box box, Call call)
    {
        var open = OpenOf(box).ToArray();
        if (!box.IsRunning || open.Length == 0 || IsStuck(box) || call.Operation == Operation.Remove)
            return false;
        var killAt = KillAtOf(call);
        if (double.IsNaN(killAt) || double.IsInfinity(killAt))
            return false;
        if (!open.All(other => double.IsNaN(other.KillAt) || other.KillAt > killAt))
            return false;
        var passes = killAt <= Now.TotalSeconds || open.Count(other => other.Attempt.IsStep) < 8;
        if (passes)
            Count("escalation");
        return passes;
    }

    private void Answer(int one, int two)
    {
        var open = _sent.Where(sent => !sent.IsOver).ToArray();
        if (open.Length == 0)
            return;
        End(open[one % open.Length], (two % 12) switch { < 1 => 204, 1 => 304, 2 => 400, 3 => 404, 4 => 409, 5 => 500, 6 => 0, _ => -500 });
    }

    /// <summary>An attempt ends; 0 is a lost connection, -500 the missing exit event.</summary>
    private void End(Sent sent, int status)
    {
        if (status == 304 && sent.Call.Operation != Operation.Stop)
            status = 409;
        var box = sent.Call.Box;
        var isOfPresentRun = IsOpen(sent, box);
        sent.IsOver = true;
        sent.Status = status;
        sent.EndedAt = Now.TotalSeconds;
        if (isOfPresentRun && status == -500 && box.EvidenceSince is not null)
        {
            box.BackoffFloor = Now + _policy.Backoff[0];
            Count("back-off");
        }
        if (isOfPresentRun && (status is 204 or 404 or 304))
        {
            // The index tells of it later; a second end before that is more than it can tell apart.
            box.TellAll(_ledger);
            box.UntoldSince = Now;
            box.Untold.Enqueue((false, box.Life));
            EndRun(box, status == 204 && sent.Call.Operation == Operation.Restart);
            if (box.IsRunning)
                box.Untold.Enqueue((true, ++box.Life));
        }
        var wasDone = sent.Call.Ticket is { } known && known.Outcome.IsCompleted;
        var answer = new EngineAnswer(
            Math.Abs(status), status == -500 ? Encoding.ASCII.GetBytes("did not receive an exit event") : default);
        if (status == 0)
            _ledger.Lost(sent.Attempt, null);
        else
            _ledger.Answered(sent.Attempt, answer);
        // A second report of the same end must change nothing.
        _ledger.Lost(sent.Attempt, null);
        var outcome = LedgerRig.OutcomeOf(sent.Attempt.Ticket);
        Assert.NotNull(outcome);
        if (!wasDone && status == 0)
            Assert.IsType<Outcome.Lost>(outcome);
        else if (!wasDone)
            Assert.Same(answer, Assert.IsType<Outcome.Answered>(outcome).Answer);
    }

    private void Leave(int one)
    {
        var waiting = _calls.Where(call => !call.HasLeft && !call.Ticket.Outcome.IsCompleted).ToArray();
        if (waiting.Length == 0)
            return;
        var call = waiting[one % waiting.Length];
        call.HasLeft = true;
        _ledger.CallerLeft(call.Ticket);
        Assert.Equal(!call.WasSent, call.Ticket.Outcome.IsCompleted);
    }

    private void Report(int one, int two)
    {
        var kind = (two % 20) switch
        {
            < 11 => DiagnosisKind.DState,
            11 => DiagnosisKind.Frozen,
            < 14 => DiagnosisKind.ExitLost,
            14 => DiagnosisKind.Alive,
            15 => DiagnosisKind.NotKilled,
            _ => DiagnosisKind.CannotTell,
        };
        // An exit that is lost stays so, mostly: it takes long before it counts.
        if (two % 7 < 5 && _ledger.EvidenceNeeds().Any(need => _boxes.Single(box => box.Id == need.Id).Diagnosis == DiagnosisKind.ExitLost))
            kind = DiagnosisKind.ExitLost;
        ImmutableArray<StuckTask> tasks = kind is not (DiagnosisKind.DState or DiagnosisKind.Frozen) ? []
            : two % 50 == 0 ? [OtherTask]
            : one % 2 == 0 ? [FirstTask]
            : [FirstTask, OtherTask];
        var diagnosis = new Diagnosis(kind, tasks);
        if (one % 9 == 0 && _oldNeeds.Count > 0)
        {
            // A late report; the model knows that it may change nothing.
            var old = _oldNeeds[one % _oldNeeds.Count];
            if (!_ledger.EvidenceNeeds().Any(need => (need.Id, need.Run) == (old.Id, old.Run)))
                _ledger.Evidence(old, diagnosis);
            return;
        }
        foreach (var need in _ledger.EvidenceNeeds())
        {
            _oldNeeds.Add(need);
            var box = _boxes.Single(box => box.Id == need.Id);
            Assert.True(box.IsRunning, "evidence is asked about a container that does not run");
            var goesOn = diagnosis.IsEvidence && box.Diagnosis == kind && (tasks.IsEmpty || tasks.Intersect(box.Tasks).Any());
            if (box.EvidenceSince is not null && diagnosis.IsEvidence && !goesOn)
                Count("another cause");
            (box.Diagnosis, box.Tasks, box.ReportedAt) = (kind, tasks, Now);
            box.EvidenceSince = !diagnosis.IsEvidence ? null : goesOn ? box.EvidenceSince ?? Now : Now;
            if (!goesOn)
                box.BackoffFloor = TimeSpan.Zero;
            _ledger.Evidence(need, diagnosis);
        }
    }

    private void RestartEngine()
    {
        Count("engine restart");
        foreach (var box in _boxes)
        {
            EndRun(box, box.IsRunning);
            // The engine that owed the answers is gone.
            foreach (var sent in _sent.Where(sent => sent.RunEndedIn == _moment))
                sent.RunEndedIn = -1;
        }
        _ledger.EngineRestarted();
    }

    private void Exit(Box box)
    {
        box.TellAll(_ledger);
        EndRun(box, false);
        box.Untold.Enqueue((false, box.Life));
        box.TellAll(_ledger);
    }

    private void Start(Box box)
    {
        box.TellAll(_ledger);
        EndRun(box, true);
        box.Untold.Enqueue((true, ++box.Life));
        box.TellAll(_ledger);
    }

    private void EndRun(Box box, bool isRunning)
    {
        if (!box.IsRunning && !isRunning)
            return;
        foreach (var sent in OpenOf(box))
            (sent.RunEndedAt, sent.RunEndedIn) = (Now, _moment);
        foreach (var call in _calls.Where(call => call.Box == box && call.Ticket.Phase == TicketPhase.Held))
            call.HeldAtEnds.Add(_moment);
        box.Run++;
        box.IsRunning = isRunning;
        box.Forget();
    }

    // A report counts for half a minute, and then it is as if nobody had ever looked.
    private void LoseSight()
    {
        foreach (var box in _boxes.Where(box => box.ReportedAt + RunEvidence.ReportCounts <= Now))
        {
            Count(box.EvidenceSince is null ? "report out of date" : "evidence out of date");
            box.Forget();
        }
    }

    private void Check()
    {
        LoseSight();
        if (_broken is not null)
            throw new InvalidOperationException(_broken.Message, _broken);
        var snapshot = _ledger.Snapshot();
        Assert.Equal(_sent.Count(sent => !sent.IsOver), snapshot.OpenCalls);
        if (_policy.Mode == GuardMode.Enforce)
        {
            Assert.Equal(
                _calls.Count(call => !call.WasSent && !call.HasLeft && !call.Ticket.Outcome.IsCompleted), snapshot.WaitingCalls);
        }

        Assert.All(_ledger.EvidenceNeeds(), need => Assert.Contains(need.Id, _boxes.Where(box => box.IsRunning).Select(box => box.Id)));
        foreach (var box in _boxes)
            Check(box, snapshot);
        foreach (var call in _calls)
            Check(call);
    }

    private void Check(Box box, GuardSnapshot snapshot)
    {
        var open = OpenOf(box).ToArray();
        var entry = snapshot.Containers.SingleOrDefault(entry => entry.Container.Id == box.Id);
        if (entry is null)
        {
            // Nothing to keep, so the last report is forgotten too; a new one is asked for when it matters again.
            box.Diagnosis = null;
        }
        Assert.Equal(open.Length, entry?.OpenCalls ?? 0);
        Assert.Equal(box.EvidenceSince is not null, entry?.EvidenceSince is not null);
        if (_policy.Mode == GuardMode.Enforce)
        {
            // maxInFlight, eight steps, one escalation to SIGKILL at once, one kill beside restarts.
            var counted = open.Count(sent => sent.Call.Operation != Operation.Remove);
            Assert.InRange(counted, 0, _policy.MaxInFlight + 10);
            Assert.InRange(open.Count(sent => sent.Call.Operation == Operation.Kill), 0, 1);
            Assert.InRange(open.Count(sent => sent.Attempt.IsStep), 0, 8);
        }
        if (open.Any(sent => sent.KillAt <= Now.TotalSeconds))
            Assert.Contains(box.Id, _ledger.EvidenceNeeds().Select(need => need.Id));
    }

    private void Check(Call call)
    {
        switch (LedgerRig.OutcomeOf(call.Ticket))
        {
            case Outcome.Answered { Lead: { } lead } copied:
                Assert.False(call.WasSent, "a copy for a call that was sent");
                var sent = _sent.Single(sent => sent.Attempt == lead);
                Assert.True(sent.Status is 204 or -500, "an answer was copied that may not be");
                Assert.Equal(Math.Abs(sent.Status), copied.Answer.Status);
                Assert.True(call.Run <= sent.RunNumber, "copied from a run that was over when the call came");
                Assert.Equal(call.Box, sent.Call.Box);
                if (call.Operation == Operation.Restart)
                    Assert.True(sent.Moment >= call.Moment && sent.Call.Operation == Operation.Restart, "a restart done before it was asked");
                Count("copied");
                break;
            case Outcome.Answered:
                Assert.True(call.WasSent, "an answer for a call that was never sent");
                break;
            case Outcome.Dropped:
                Assert.True(call.HasLeft && !call.WasSent);
                break;
            case Outcome.Unguarded:
                Assert.Fail("forwarded unguarded");
                break;
            case null when !call.HasLeft:
                CheckDeadline(call);
                break;
        }
    }

    private void CheckDeadline(Call call)
    {
        var box = call.Box;
        var lead = call.Ticket.Own ?? call.Ticket.Lead;
        // Its run is over: it waits for what the engine says about the end.
        if (_policy.Mode == GuardMode.Observe || !(box.ReportedAt + RunEvidence.ReportIsFresh > Now)
            || (lead is not null && !IsOpen(_sent.Single(sent => sent.Attempt == lead), box)))
        {
            return;
        }

        if (box.EvidenceSince is { } since)
        {
            Assert.True(Now < Max(since + PatienceOf(box), call.Ticket.ArrivedAt + _policy.RepeatHold[^1]), "a deadline has passed");
        }
        else if (box.Diagnosis == DiagnosisKind.CannotTell
            && OpenOf(box).Any(sent => sent.KillAt + _policy.Patience.TotalSeconds <= Now.TotalSeconds))
        {
            Assert.True(
                Now < Max(call.Ticket.ArrivedAt + _policy.MaxWait, call.Ticket.ArrivedAt + Seconds(100) + _policy.Patience),
                "maxWait has passed");
        }
    }

    private bool IsStuck(Box box) => box.EvidenceSince is { } since && Now - since >= PatienceOf(box);

    private TimeSpan PatienceOf(Box box) => box.Diagnosis == DiagnosisKind.ExitLost ? Seconds(40) : _policy.Patience;

    private IEnumerable<Sent> OpenOf(Box box) => _sent.Where(sent => IsOpen(sent, box));

    private static bool IsOpen(Sent sent, Box box) => !sent.IsOver && sent.Call.Box == box && box.IsRunning && sent.Run == box.Run;

    private double KillAtOf(Call call)
    {
        if (call.Operation is Operation.Kill or Operation.Remove)
            return Now.TotalSeconds;
        return call.Grace.Kind switch
        {
            GraceKind.After => (Now + call.Grace.Delay).TotalSeconds,
            GraceKind.Never => double.PositiveInfinity,
            _ => call.Box.StopTimeout is { } timeout ? (Now + timeout).TotalSeconds : double.NaN,
        };
    }

    private Call Of(Ticket ticket)
    {
        if (_byTicket.TryGetValue(ticket, out var call))
            return call;
        _arriving!.Ticket = ticket;
        _byTicket[ticket] = _arriving;
        return _arriving;
    }

    private void Keep(Action check)
    {
        try
        {
            check();
        }
        catch (Exception broken)
        {
            _broken ??= broken;
        }
    }

    private void Count(string what) => Reached[what] = Reached.GetValueOrDefault(what) + 1;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private sealed class Box(string id, TimeSpan? stopTimeout, string? stopSignal)
    {
        public string Id => id;

        public TimeSpan? StopTimeout => stopTimeout;

        public string? StopSignal => stopSignal;

        public bool IsRunning { get; set; } = true;

        public int Run { get; set; } = 1;

        /// <summary>Number of its runs so far: what the index counts.</summary>
        public long Life { get; set; } = 1;

        /// <summary>Events that are still under way: whether a run began or ended, and its number.</summary>
        public Queue<(bool IsStart, long Life)> Untold { get; } = [];

        public TimeSpan UntoldSince { get; set; }

        /// <summary>What the index shows.</summary>
        public bool ShowsRunning { get; private set; } = true;

        public long ShownLife { get; private set; } = 1;

        public void TellAll(LedgerKeeper ledger)
        {
            while (Untold.Count > 0)
                Tell(ledger);
        }

        public void Tell(LedgerKeeper ledger)
        {
            if (!Untold.TryDequeue(out var next))
                return;
            (ShowsRunning, ShownLife) = next;
            if (next.IsStart)
                ledger.RunStarted(id, next.Life);
            else
                ledger.RunEnded(id, next.Life);
        }

        public TimeSpan? EvidenceSince { get; set; }

        public DiagnosisKind? Diagnosis { get; set; }

        public ImmutableArray<StuckTask> Tasks { get; set; } = [];

        public TimeSpan? ReportedAt { get; set; }

        /// <summary>What was reported counts no more.</summary>
        public void Forget()
        {
            EvidenceSince = ReportedAt = null;
            (Diagnosis, Tasks) = (null, []);
            BackoffFloor = TimeSpan.Zero;
        }

        /// <summary>No attempt may be sent before this while the container is stuck.</summary>
        public TimeSpan BackoffFloor { get; set; }
    }

    private sealed class Call(Box box, Operation operation, Grace grace, int moment, int run)
    {
        public Box Box => box;

        public Operation Operation => operation;

        public Grace Grace => grace;

        public int Moment => moment;

        /// <summary>The run of its arrival.</summary>
        public int Run => run;

        /// <summary>False where the index shows no run at its arrival: it is forwarded and counts in none.</summary>
        public bool IsOfRun { get; init; }

        public Ticket Ticket { get; set; } = null!;

        /// <summary>The steps in which a run ended while it was held.</summary>
        public HashSet<int> HeldAtEnds { get; } = [];

        public bool WasSent { get; set; }

        public bool HasLeft { get; set; }
    }

    private sealed class Sent(Attempt attempt, Call call, int run, int moment, double killAt)
    {
        public Attempt Attempt => attempt;

        public Call Call => call;

        /// <summary>The run it counts in; -1 where the container did not run.</summary>
        public int Run => run;

        public int RunNumber { get; } = call.Box.Run;

        public int Moment => moment;

        public double KillAt => killAt;

        public bool IsOver { get; set; }

        public int Status { get; set; }

        public double EndedAt { get; set; }

        /// <summary>When, and in which step, the run that it was sent in ended.</summary>
        public TimeSpan RunEndedAt { get; set; }

        public int RunEndedIn { get; set; } = -1;

        /// <summary>When SIGKILL is or was sent, as far as the engine shows; NaN where it does not.</summary>
        public double KillSentAt => !IsOver ? KillAt : Status == -500 ? (KillAt < EndedAt ? KillAt : EndedAt) : double.NaN;
    }
}
