namespace DockerGuardProxy.Guard.Permits;

/// <summary>The counted calls of one container.</summary>
/// <param name="id">Its full id.</param>
/// <param name="account">Counts those who are held.</param>
/// <remarks>Invariant: a call is in at most one of the lists of its state, and in <see cref="Holders"/> while it may hold the lock.</remarks>
internal sealed class ContainerPermits(string id, PermitAccount account)
{
    private const int MostNoted = 256;

    /// <summary>After so long a start that goes well has come to where it may hold the lock.</summary>
    private static readonly TimeSpan StartsWithin = TimeSpan.FromSeconds(1);

    private readonly List<(long Serial, TimeSpan At)> _holds = [];
    private readonly List<TimeSpan> _tells = [];

    /// <summary>The full id.</summary>
    public string Id { get; } = id;

    /// <summary>Permits that are out, in the order in which they were sent.</summary>
    public LinkedList<PermitCall> Unanswered { get; } = new();

    /// <summary>Unanswered calls for statistics.</summary>
    public LinkedList<PermitCall> Stats { get; } = new();

    /// <summary>Unanswered calls that may be held but take no permit.</summary>
    public LinkedList<PermitCall> Walks { get; } = new();

    /// <summary>Held ones, in the order of their arrival.</summary>
    public LinkedList<PermitCall> Held { get; } = new();

    /// <summary>Open ones that may hold the lock, answered or not.</summary>
    public LinkedList<PermitCall> Holders { get; } = new();

    /// <summary>Unanswered ones for whose answer nobody waits.</summary>
    public int Kept { get; set; }

    /// <summary>Since when the lock counts as slow; null while it does not.</summary>
    public TimeSpan? SlowSince { get; private set; }

    /// <summary>Of this slow time: held ones, and told ones.</summary>
    public (long Held, long Told) Episode { get; private set; }

    /// <summary>When a start was last answered through us.</summary>
    public TimeSpan? StartAnswered { get; set; }

    /// <summary>False once the ledger has begun anew: what is left here counts for nothing more.</summary>
    public bool IsLive { get; set; } = true;

    /// <summary>No call is in any list.</summary>
    public bool IsEmpty => !NeedsTime && Holders.Count == 0;

    /// <summary>Time changes what is to be done: a call waits. One that may hold the lock, answered, may be open for days.</summary>
    public bool NeedsTime => Unanswered.Count + Stats.Count + Walks.Count + Held.Count > 0;

    /// <summary>Who may hold its lock, of the calls that are counted here: the oldest open one of its kind; null for none.</summary>
    public SuspectedHolder? HolderAt(Moment at) =>
        Holders.First is { Value: var call } ? new(call.Row.Name!, at.UtcNow - (at.Now - call.Sent), call.Caller) : null;

    /// <summary>Whether its lock counts as slow. A lone start or upload that takes its time keeps nobody waiting.</summary>
    public bool IsSlowAt(LockPolicy policy, TimeSpan now) =>
        policy.Mode != GuardMode.Off && Unanswered.First is { Value: var oldest } && now - oldest.Sent > policy.Slow
        && (Unanswered.Count > 1 || oldest.IsHoldable);

    /// <summary>Whether somebody waits for its lock for at least so long; calls that may hold it themselves are left out.</summary>
    public bool Waits(TimeSpan age, TimeSpan now) =>
        Held.Count > 0 || Unanswered.Any(call => call is { IsHolder: false, IsKept: false } && now - call.Sent >= age);

    /// <summary>A call is sent from now on.</summary>
    public void Send(PermitCall call, TimeSpan now)
    {
        (call.State, call.Container, call.Sent) = (PermitState.Sent, this, now);
        var list = call.IsStats ? Stats : call.TakesPermit ? Unanswered : call.IsHoldable ? Walks : null;
        list?.AddLast(call.Node);
        if (call.IsHolder) Holders.AddLast(call.HolderNode);
    }

    /// <summary>A call was answered that would wait for one that holds the lock at its start: those that began well before it do not.</summary>
    public void ClearBefore(PermitCall answered)
    {
        if (!answered.Row.ReadsExecs) return;
        for (var node = Holders.First; node is not null;)
        {
            var (call, next) = (node.Value, node.Next);
            if (call.IsHolderAtStart && answered.Sent - call.Sent >= StartsWithin) call.Clear();
            node = next;
        }
    }

    /// <summary>What was decided about a call is over for its caller; nothing for one that was just sent.</summary>
    public void Conclude(PermitCall call, PermitFate fate, Moment at)
    {
        if (call.Verdict is not { } verdict) return;
        call.Verdict = null;
        account.Turn.Events.Add(new PermitEvent.Concluded(
            Id, call.Row.Name!, verdict, fate, call.State is PermitState.Sent or PermitState.Answered, at.UtcNow - (at.Now - call.Arrived), at.UtcNow,
            call.Caller));
    }

    /// <summary>A sent call gives back what it has.</summary>
    public void Return(PermitCall call)
    {
        call.Node.List?.Remove(call.Node);
        if (!call.IsKept) return;
        call.IsKept = false;
        Kept--;
    }

    /// <summary>Nobody waits for the answer of a sent call any more; it is to be seen all the same.</summary>
    public void Keep(PermitCall call)
    {
        call.IsKept = true;
        Kept++;
    }

    /// <summary>A call is held from now on.</summary>
    public void Hold(PermitCall call)
    {
        (call.State, call.Container) = (PermitState.Held, this);
        call.Waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Held.AddLast(call.Node);
        account.Waiting++;
    }

    /// <summary>A held call is held no longer, and is nowhere.</summary>
    public void Unhold(PermitCall call)
    {
        Held.Remove(call.Node);
        account.Waiting--;
        (call.State, call.Container) = (PermitState.Free, null);
    }

    /// <summary>Sends those of the held ones that need not be held any more, in their order.</summary>
    public void Refill(FamilyPolicies families, Moment at)
    {
        for (var node = Held.First; node is not null;)
        {
            var (call, next) = (node.Value, node.Next);
            var (reason, mode) = PermitDecision.Decide(At(at.Now), call.Part, call.IsStats, families);
            if (reason == PermitReason.None || mode != GuardMode.Enforce)
            {
                Unhold(call);
                Send(call, at.Now);
                account.Turn.Outcomes.Add((call.Waiter!, PermitOutcome.Send));
            }

            node = next;
        }
    }

    /// <summary>Lets all who are held go.</summary>
    /// <param name="outcome">What they come to.</param>
    /// <param name="fate">What that is for their callers.</param>
    /// <param name="at">Now.</param>
    public void ReleaseAll(PermitOutcome outcome, PermitFate fate, Moment at)
    {
        while (Held.First is { Value: var call })
        {
            Conclude(call, fate, at);
            Unhold(call);
            account.Turn.Outcomes.Add((call.Waiter!, outcome));
        }
    }

    /// <summary>Looks whether the lock has become slow, or is slow no more: then whoever was held for it is sent.</summary>
    public void UpdateSlow(FamilyPolicies families, Moment at)
    {
        var isSlow = IsSlowAt(families.Lock, at.Now);
        if (isSlow == SlowSince is not null) return;
        if (isSlow)
        {
            var since = Unanswered.First!.Value.Sent;
            SlowSince = since;
            Episode = default;
            account.Turn.Events.Add(new PermitEvent.SlowBegan(Id, at.UtcNow - (at.Now - since), HolderAt(at)));
            return;
        }

        account.Turn.Events.Add(new PermitEvent.SlowEnded(Id, at.Now - SlowSince!.Value, Episode.Held, Episode.Told));
        SlowSince = null;
        if (Held.Count > 0) Refill(families, at);
    }

    /// <summary>The age of all that is unanswered begins anew.</summary>
    public void Renew(TimeSpan now)
    {
        foreach (var call in Unanswered) call.Sent = now;
        foreach (var call in Stats) call.Sent = now;
    }

    /// <summary>What decisions rest on.</summary>
    public LockState At(TimeSpan now) => new(
        Unanswered.Count, Age(Unanswered, now), Walks.Count, Stats.Count, Age(Stats, now), SlowSince is not null);

    /// <summary>A call is held, or would be.</summary>
    public void NoteHold(PermitReason reason, TimeSpan now)
    {
        Episode = (Episode.Held + 1, Episode.Told);
        var queue = reason == PermitReason.StatsSlow ? Stats : Unanswered;
        if (queue.First is { Value: var heldFor } && _holds.Count < MostNoted) _holds.Add((heldFor.Serial, now));
    }

    /// <summary>A caller is told, or would be.</summary>
    public void NoteTell(TimeSpan now)
    {
        Episode = (Episode.Held, Episode.Told + 1);
        if (_tells.Count < MostNoted) _tells.Add(now);
    }

    /// <summary>The engine has answered a call.</summary>
    /// <returns>How many holds and tells that proves wrong.</returns>
    public (int Holds, int Tells) Judge(PermitCall answered, TimeSpan now)
    {
        var (holds, tells) = (0, 0);
        if (_holds.Count > 0)
        {
            holds = _holds.Count(hold => hold.Serial == answered.Serial && now - hold.At < PermitLedger.WrongHold);
            _holds.RemoveAll(hold => hold.Serial == answered.Serial || now - hold.At >= PermitLedger.WrongHold);
        }

        if (_tells.Count > 0 && answered.TakesPermit)
        {
            tells = _tells.Count(told => now - told < PermitLedger.WrongTell);
            _tells.Clear();
        }

        return (holds, tells);
    }

    private static TimeSpan Age(LinkedList<PermitCall> calls, TimeSpan now) =>
        calls.First is { Value: var oldest } ? now - oldest.Sent : TimeSpan.Zero;
}
