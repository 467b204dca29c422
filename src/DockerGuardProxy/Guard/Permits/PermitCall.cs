using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Guard.Permits;

/// <summary>
/// A call under way that waits for a container's lock or shim. Each client connection has one and uses it again for its next call, unless it was
/// left with the engine: counting must not allocate. All but <see cref="Caller"/> belongs to the ledger, under its keeper's lock.
/// </summary>
internal sealed class PermitCall
{
    public PermitCall(IPermitCaller caller)
    {
        Caller = caller;
        Node = new LinkedListNode<PermitCall>(this);
        HolderNode = new LinkedListNode<PermitCall>(this);
    }

    /// <summary>Who has made it.</summary>
    public IPermitCaller Caller { get; }

    /// <summary>Its row; not there before it first asks for a permit.</summary>
    public CallRow Row { get; private set; } = null!;

    /// <summary>What it has to do with the lock.</summary>
    public LockPart Part { get; private set; }

    /// <summary>Tells this use of the object from others; never 0.</summary>
    public long Serial { get; private set; }

    public PermitState State { get; set; }

    /// <summary>Where it is counted; null while it is nowhere.</summary>
    public ContainerPermits? Container { get; set; }

    /// <summary>On the ledger's clock.</summary>
    public TimeSpan Arrived { get; private set; }

    /// <summary>When it was sent, or its age was last begun anew; on the ledger's clock.</summary>
    public TimeSpan Sent { get; set; }

    /// <summary>Its caller has left, or was told: nobody waits for the answer, which is only to be seen.</summary>
    public bool IsKept { get; set; }

    /// <summary>That it is told, or would be, is decided and counted.</summary>
    public bool IsTold { get; set; }

    /// <summary>What was decided about it, until that is reported; null for one that is just sent.</summary>
    public PermitVerdict? Verdict { get; set; }

    /// <summary>Its place among the unanswered or the held ones.</summary>
    public LinkedListNode<PermitCall> Node { get; }

    /// <summary>Its place among those that may hold the lock.</summary>
    public LinkedListNode<PermitCall> HolderNode { get; }

    /// <summary>What a held one comes to; null for all others.</summary>
    public TaskCompletionSource<PermitOutcome>? Waiter { get; set; }

    public bool IsStats => Row is { Family: Family.Stats };

    public bool TakesPermit => (Part & LockPart.Permit) != 0;

    public bool IsHoldable => (Part & LockPart.Holdable) != 0 || IsStats;

    public bool IsTellable => (Part & LockPart.Tellable) != 0;

    public bool IsHolder => (Part & (LockPart.Holder | LockPart.HolderAtStart)) != 0;

    /// <summary>It can be cleared of holding the lock while it is still open.</summary>
    public bool IsHolderAtStart => (Part & LockPart.HolderAtStart) != 0;

    /// <summary>It holds the lock no more, or never did.</summary>
    public void Clear() => HolderNode.List?.Remove(HolderNode);

    /// <summary>Begins its next use.</summary>
    public void Begin(CallRow row, LockPart part, long serial, TimeSpan now)
    {
        (Row, Part, Serial, Arrived, Sent) = (row, part, serial, now, now);
        (State, Container, Waiter, Verdict, IsKept, IsTold) = (PermitState.Free, null, null, null, false, false);
    }
}
