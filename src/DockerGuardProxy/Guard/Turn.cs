namespace DockerGuardProxy.Guard;

/// <summary>One input to the ledger: its moment, and the effects to be carried out once the lock is released.</summary>
internal sealed class Turn(TimeSpan now, DateTimeOffset utcNow, GuardPolicies policies)
{
    private List<Attempt>? _sends;
    private List<(Ticket Ticket, Outcome Outcome)>? _outcomes;
    private List<EvidenceNeed>? _needs;
    private List<EndedRefusals>? _reviews;
    private List<GuardEvent>? _events;

    /// <summary>Time on the ledger's clock.</summary>
    public TimeSpan Now => now;

    /// <summary>The wall clock, for texts only.</summary>
    public DateTimeOffset UtcNow => utcNow;

    /// <summary>The configuration at this moment.</summary>
    public GuardPolicies Policies => policies;

    public void Send(Attempt attempt) => (_sends ??= []).Add(attempt);

    public void Complete(Ticket ticket, Outcome outcome) => (_outcomes ??= []).Add((ticket, outcome));

    public void Need(EvidenceNeed need) => (_needs ??= []).Add(need);

    public void Review(EndedRefusals refusals) => (_reviews ??= []).Add(refusals);

    public void Report(GuardEvent happened) => (_events ??= []).Add(happened);

    /// <summary>
    /// Carries the effects out. A fault in one does not keep back the others. Events come first: what an answer then leads to must not be
    /// reported before the decision to send.
    /// </summary>
    /// <param name="sender">Takes sends, needs and reviews.</param>
    /// <param name="observer">Takes events.</param>
    /// <param name="notSent">Told of an attempt whose sending could not even start.</param>
    public void CarryOut(IAttemptSender sender, IGuardObserver observer, Action<Attempt, Exception> notSent)
    {
        foreach (var happened in _events ?? [])
            Try(() => observer.On(happened), observer, null);
        foreach (var attempt in _sends ?? [])
            Try(() => sender.Send(attempt), observer, cause => notSent(attempt, cause));
        foreach (var (ticket, outcome) in _outcomes ?? [])
        {
            if (ticket.Complete(outcome))
                Try(() => observer.On(new GuardEvent.Concluded(ticket, outcome)), observer, null);
        }
        foreach (var need in _needs ?? [])
            Try(() => sender.EvidenceNeeded(need), observer, null);
        foreach (var refusals in _reviews ?? [])
            Try(() => sender.Review(refusals), observer, null);
    }

    /// <summary>Reports a fault where nothing else can be done about it.</summary>
    public static void Tell(IGuardObserver observer, Exception cause)
    {
        try
        {
            observer.On(new GuardEvent.Faulted(cause));
        }
        catch (Exception)
        {
            // An observer that fails twice has nothing left to be told; the calls matter more.
        }
    }

    private static void Try(Action effect, IGuardObserver observer, Action<Exception>? otherwise)
    {
        try
        {
            effect();
        }
        catch (Exception cause)
        {
            otherwise?.Invoke(cause);
            Tell(observer, cause);
        }
    }
}
