namespace DockerGuardProxy.Guard.Permits;

/// <summary>Where a counted call stands.</summary>
internal enum PermitState
{
    /// <summary>In no list: not begun, over, or not counted.</summary>
    Free,

    /// <summary>Not sent: waits for the lock to become free.</summary>
    Held,

    /// <summary>Sent whole, or about to be, and no byte of the answer has come.</summary>
    Sent,

    /// <summary>The first byte of the answer has come; it is still under way.</summary>
    Answered,
}
