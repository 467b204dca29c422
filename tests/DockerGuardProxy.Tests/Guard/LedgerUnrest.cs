using System.Text;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Guard;

/// <summary>
/// Three containers and their callers while policies change and faults are met at random moments. <see cref="LedgerModel"/> asks whether
/// the decisions are right; this asks whether anybody is lost, told twice, sent twice or counted wrongly.
/// </summary>
internal sealed class LedgerUnrest : IAttemptSender, IRefusalReview, IGuardObserver, IDisposable
{
    private static readonly GuardPolicy Policy = new()
    {
        Patience = TimeSpan.FromSeconds(3),
        MaxWait = TimeSpan.FromSeconds(20),
        RepeatHold = [TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(8)],
        Backoff = [TimeSpan.FromSeconds(6)],
        MaxWaitingPerContainer = 6,
        MaxWaitingOnNode = 10,
    };

    private static readonly PerOperation<GuardPolicy> Each = new(Policy);

    private static readonly GuardPolicies[] Switches =
    [
        GuardPolicies.All(Policy),
        GuardPolicies.All(Policy),
        GuardPolicies.All(Policy with { Mode = GuardMode.Off }),
        GuardPolicies.All(Policy with { Mode = GuardMode.Observe }),
        new(Policy, Each.With(Operation.Kill, Policy with { Mode = GuardMode.Off })),
        new(Policy, Each.With(Operation.Stop, Policy with { Mode = GuardMode.Observe }).With(Operation.Restart, Policy with { MaxInFlight = 5 })),
        GuardPolicies.All(Policy with { Patience = TimeSpan.FromSeconds(1), MaxWaitingPerContainer = 2 }),
    ];

    private readonly FakeTimeProvider _time = new();
    private readonly LedgerKeeper _ledger;
    private readonly List<Ticket> _tickets = [];
    private readonly List<Attempt> _sent = [];
    private readonly HashSet<Attempt> _over = [];
    private readonly HashSet<Ticket> _left = [];
    private readonly Dictionary<Ticket, int> _concluded = [];
    private readonly GuardedContainer[] _boxes;
    private int _faults;

    // What the ledger calls may not throw into it: it would be taken for a fault of theirs. Thrown at the next check.
    private string? _broken;

    public LedgerUnrest()
    {
        _ledger = new LedgerKeeper(_time, Switches[0], this, this, this);
        _boxes = [.. "abc".Select(id => new GuardedContainer(id.ToString(), id.ToString(), true, 1, TimeSpan.FromSeconds(2), ""))];
    }

    public Dictionary<string, int> Reached { get; } = [];

    public void Step(int what, int one, int two)
    {
        var box = one % _boxes.Length;
        switch (what)
        {
            case < 45:
                Arrive(_boxes[box], two);
                break;
            case < 55:
                Answer(one, two);
                break;
            case < 60:
                Leave(one);
                break;
            case < 72:
                Report(two);
                break;
            case < 82:
                _time.Advance(TimeSpan.FromSeconds(two % 5));
                break;
            case < 86:
                Fail(box, two);
                break;
            case < 93:
                Switch(Switches[two % Switches.Length]);
                break;
            case < 96:
                End(box);
                break;
            case < 99:
                Start(box);
                break;
            default:
                _ledger.EngineRestarted();
                break;
        }
        Check();
    }

    /// <summary>Everything is answered and over: everybody was told, and nothing is left.</summary>
    public void ComeToRest()
    {
        for (var box = 0; box < _boxes.Length; box++)
            End(box);
        while (_sent.Find(attempt => !_over.Contains(attempt)) is { } open)
        {
            End(open, 204);
            Check();
        }
        Assert.All(_tickets, ticket => Assert.True(ticket.Outcome.IsCompleted, "a caller was never told"));
        _time.Advance(TimeSpan.FromMinutes(10));
        var snapshot = _ledger.Snapshot();
        Assert.Equal((0, 0, 0), (snapshot.OpenCalls, snapshot.WaitingCalls, snapshot.Containers.Length));
        Assert.Empty(_ledger.EvidenceNeeds());
    }

    public Task<AttemptAnswer> SendAsync(Attempt attempt, Func<bool> mayBeSent)
    {
        if (_sent.Exists(sent => sent.Ticket == attempt.Ticket))
            Broken("sent twice");
        _sent.Add(attempt);
        return LedgerRig.Never;
    }

    public Task<bool> StillWaitAsync(EndedRefusals refusals) => Task.FromResult(false);

    public void On(GuardEvent happened)
    {
        switch (happened)
        {
            case GuardEvent.Faulted fault:
                _faults++;
                if (fault.Container is null)
                    Broken($"a fault of no container: {fault.Cause}");
                break;
            case GuardEvent.Concluded concluded:
                _concluded[concluded.Ticket] = _concluded.GetValueOrDefault(concluded.Ticket) + 1;
                break;
            case GuardEvent.Decided decided:
                Count(decided.Verdict.Reason.ToString());
                break;
            case GuardEvent.Refused { Ticket.IsObserved: true }:
                Count("would have been refused");
                break;
            case GuardEvent.Refused:
                Count("refused");
                break;
        }
    }

    public void Dispose() => _ledger.Dispose();

    private void Arrive(GuardedContainer box, int two)
    {
        var operation = (Operation)(two % 4);
        var grace = operation is Operation.Kill or Operation.Remove ? Grace.None : Grace.After(TimeSpan.FromSeconds(two % 7));
        var call = new TerminatingCall(operation, box.Name ?? box.Id, grace, two % 5 == 0 && operation == Operation.Stop ? "INT" : null);
        _tickets.Add(_ledger.Arrive(call, box, null));
    }

    private void Answer(int one, int two)
    {
        var open = _sent.Where(attempt => !_over.Contains(attempt)).ToArray();
        if (open.Length == 0)
            return;
        var attempt = open[one % open.Length];
        var status = (two % 8) switch { 0 => 204, 1 => 304, 2 => 409, 3 => 404, 4 => 0, _ => 500 };
        End(attempt, status);
        // The events follow, of the end and of the next run.
        if (status is 204 or 304 or 404)
            Start(Array.FindIndex(_boxes, box => box.Id == attempt.Ticket.Container!.Id));
    }

    private void End(Attempt attempt, int status)
    {
        _over.Add(attempt);
        if (status == 0)
            _ledger.Lost(attempt, null);
        else
            _ledger.Answered(attempt, new EngineAnswer(status, Encoding.ASCII.GetBytes(status == 500 ? "did not receive an exit event" : "")));
        Assert.True(attempt.Ticket.Outcome.IsCompleted, "an answer did not reach its own caller");
    }

    private void Leave(int one)
    {
        var waiting = _tickets.Where(ticket => !ticket.Outcome.IsCompleted && !_left.Contains(ticket)).ToArray();
        if (waiting.Length == 0)
            return;
        _left.Add(waiting[one % waiting.Length]);
        _ledger.CallerLeft(waiting[one % waiting.Length]);
    }

    private void Report(int two)
    {
        var kind = (two % 6) switch { < 4 => DiagnosisKind.DState, 4 => DiagnosisKind.CannotTell, _ => DiagnosisKind.Alive };
        foreach (var need in _ledger.EvidenceNeeds())
            _ledger.Evidence(need, new Diagnosis(kind, []));
    }

    // Of two kinds: at once, at an input that can't be taken in, or later, when a text can't be written.
    private void Fail(int box, int two)
    {
        if (two % 3 == 0)
        {
            _ledger.Renamed(_boxes[box].Id, null!);
            return;
        }
        var need = _ledger.EvidenceNeeds().FirstOrDefault(need => need.Id == _boxes[box].Id);
        if (need.Id is null)
            return;
        var others = _tickets.Where(ticket => ticket.Container!.Id != need.Id).Select(ticket => (ticket, ticket.Phase)).ToArray();
        var faults = _faults;
        _ledger.Evidence(need, null!);
        Assert.Equal(faults + 1, _faults);
        Assert.All(others, other => Assert.Equal(other.Phase, other.ticket.Phase));
        Assert.All(
            _tickets.Where(ticket => ticket.Container!.Id == need.Id && !ticket.Outcome.IsCompleted),
            ticket => Assert.True(ticket.Own is not null, "a fault left a caller waiting"));
        Count("fault");
    }

    private void Switch(GuardPolicies policies)
    {
        var waiting = _tickets.Where(ticket => !ticket.Outcome.IsCompleted && ticket.Own is null).ToArray();
        _ledger.Policies = policies;
        foreach (var ticket in waiting)
        {
            switch (policies.For(ticket.Call.Operation).Mode)
            {
                case GuardMode.Off:
                    Assert.IsType<Outcome.Unguarded>(LedgerRig.OutcomeOf(ticket));
                    Count("freed by off");
                    break;
                case GuardMode.Observe:
                    Assert.True(ticket.Own is not null, "observe left a caller unsent");
                    Count("sent by observe");
                    break;
            }
        }
    }

    private void End(int box)
    {
        if (!_boxes[box].IsRunning)
            return;
        _boxes[box] = _boxes[box] with { IsRunning = false };
        _ledger.RunEnded(_boxes[box].Id, _boxes[box].Run);
    }

    private void Start(int box)
    {
        if (_boxes[box].IsRunning)
            End(box);
        _boxes[box] = _boxes[box] with { IsRunning = true, Run = _boxes[box].Run + 1 };
        _ledger.RunStarted(_boxes[box].Id, _boxes[box].Run);
    }

    private void Check()
    {
        if (_broken is not null)
            throw new InvalidOperationException(_broken);
        var snapshot = _ledger.Snapshot();
        Assert.Equal(_sent.Count(attempt => !_over.Contains(attempt)), snapshot.OpenCalls);
        Assert.Equal(_tickets.Count(ticket => ticket.Phase is TicketPhase.Held or TicketPhase.Joined), snapshot.WaitingCalls);
        Assert.Equal(snapshot.Containers.Sum(container => container.WaitingCalls), snapshot.WaitingCalls);
        foreach (var ticket in _tickets)
            Check(ticket);
        Assert.All(_concluded.Values, times => Assert.Equal(1, times));
    }

    private void Check(Ticket ticket)
    {
        switch (LedgerRig.OutcomeOf(ticket))
        {
            case null:
                Assert.True(ticket.Phase is TicketPhase.Held or TicketPhase.Joined || ticket.Own is not null, "nobody will tell a caller");
                Assert.True(ticket.Lead is null || !_over.Contains(ticket.Lead), "a caller waits for an answer that was given");
                break;
            case Outcome.Unguarded:
                Assert.Null(ticket.Own);
                break;
            case Outcome.Answered { Lead: not null }:
                Assert.Null(ticket.Own);
                break;
        }
    }

    private void Count(string what) => Reached[what] = Reached.GetValueOrDefault(what) + 1;

    private void Broken(string what) => _broken ??= what;
}
