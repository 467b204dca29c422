namespace DockerGuardProxy.Guard;

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
