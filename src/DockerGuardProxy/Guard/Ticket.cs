using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Guard;

/// <summary>One call of one caller, from arrival to outcome. Its changing part belongs to the ledger's lock.</summary>
internal sealed class Ticket
{
    private readonly TaskCompletionSource<Outcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Ticket(TerminatingCall call, GuardedContainer? container, GuardPolicy policy, GuardedRequest? request, TimeSpan arrivedAt)
    {
        Call = call;
        Container = container;
        Policy = policy;
        Request = request;
        ArrivedAt = arrivedAt;
        Signal = container is null ? call.Signal : container.EffectiveSignal(call.Signal);
    }

    /// <summary>What is asked.</summary>
    public TerminatingCall Call { get; }

    /// <summary>The container as it was at arrival; null if unknown.</summary>
    public GuardedContainer? Container { get; }

    /// <summary>The policy that counts for it: as it is now while it waits, then as it was last.</summary>
    public GuardPolicy Policy { get; internal set; }

    /// <summary>What is sent of it; null where nothing is to be.</summary>
    public GuardedRequest? Request { get; }

    /// <summary>The decision at arrival, for span and header.</summary>
    public Verdict First { get; internal set; }

    /// <summary>Calls of the container that were open at arrival.</summary>
    public int OpenAtArrival { get; internal set; }

    /// <summary>Ends once, with what the caller is to be told. Never faults; continuations run outside the ledger's lock.</summary>
    public Task<Outcome> Outcome => _outcome.Task;

    /// <summary>Arrival on the ledger's clock.</summary>
    internal TimeSpan ArrivedAt { get; }

    internal string? Signal { get; }

    internal TicketPhase Phase { get; set; }

    internal bool CallerHasLeft { get; set; }

    /// <summary>The run it was decided in last.</summary>
    internal long Run { get; set; }

    /// <summary>Its own attempt; set once, so nothing is sent twice.</summary>
    internal Attempt? Own { get; set; }

    internal Attempt? Lead { get; set; }

    /// <summary>Which repeat on a stuck container it is; -1 where it came before.</summary>
    internal int RepeatIndex { get; set; } = -1;

    /// <summary>When its hold as a repeat is over; its arrival where it is none.</summary>
    internal TimeSpan RepeatEnd { get; private set; }

    /// <summary>When it has been kept as long as may be without evidence, its own SIGKILL and patience included.</summary>
    internal TimeSpan MaxWaitEnd { get; private set; }

    /// <summary>Its places; belong to <see cref="WaitingCallers"/>. The number tells apart those with the same deadline.</summary>
    internal long Place { get; set; }

    internal LinkedListNode<Ticket>? WaitingNode { get; set; }

    internal LinkedListNode<Ticket>? HeldNode { get; set; }

    internal LinkedListNode<Ticket>? JoinedNode { get; set; }

    /// <summary>It is not certain that the call means this container: nothing but forwarding may come of it.</summary>
    internal bool IsTentative { get; init; }

    /// <summary>Being tentative, it was not taken up: it would not simply be forwarded.</summary>
    internal bool IsDeclined { get; set; }

    /// <summary>Sent whatever was decided, for observe mode. What was sent can't be held again, so this stays.</summary>
    internal bool IsObserved { get; private set; }

    /// <summary>Goes by a policy from now on, and by its times.</summary>
    internal void Follow(GuardPolicy policy)
    {
        Policy = policy;
        IsObserved |= policy.Mode == GuardMode.Observe;
        RepeatEnd = RepeatIndex < 0 ? ArrivedAt : ArrivedAt + policy.HoldAt(RepeatIndex);
        MaxWaitEnd = ArrivedAt + policy.MaxWait;
        if (KillAtIfSent(ArrivedAt).Time is { } killAt && killAt + policy.Patience > MaxWaitEnd)
            MaxWaitEnd = killAt + policy.Patience;
    }

    internal KillAt KillAtIfSent(TimeSpan now) => KillAt.Of(Call, Container?.StopTimeout, Signal, now);

    /// <summary>The guard has failed: a call that was not sent is forwarded, one that was waits for its own answer alone.</summary>
    internal void FailOpen(Turn turn)
    {
        if (Phase == TicketPhase.Done)
            return;
        Phase = Own is null ? TicketPhase.Done : TicketPhase.Settled;
        if (Own is null)
            turn.Complete(this, DockerGuardProxy.Guard.Outcome.Unguarded.Instance);
    }

    /// <summary>Nothing is decided about the call: it is forwarded like any other.</summary>
    internal void PassUnguarded(Reason reason)
    {
        First = Verdict.Forward(reason);
        Phase = TicketPhase.Done;
        Complete(DockerGuardProxy.Guard.Outcome.Unguarded.Instance);
    }

    /// <summary>True the first time; later outcomes are ignored.</summary>
    internal bool Complete(Outcome outcome) => _outcome.TrySetResult(outcome);
}

/// <summary>Where a call stands in the ledger.</summary>
internal enum TicketPhase
{
    /// <summary>Not decided yet.</summary>
    New,

    /// <summary>Kept waiting.</summary>
    Held,

    /// <summary>Waits for the answer of its lead.</summary>
    Joined,

    /// <summary>Sent; waits for its own answer.</summary>
    Leading,

    /// <summary>Sent, and nothing more is decided about it: its caller was told or has left, or observe mode has reported.</summary>
    Settled,

    /// <summary>Has its outcome, or its caller left before it was sent.</summary>
    Done,
}
