namespace DockerGuardProxy.Guard;

/// <summary>What becomes of a call.</summary>
internal enum VerdictKind
{
    /// <summary>Sent to the engine now.</summary>
    Forward,

    /// <summary>Not sent: waits for the answer of an open call and gets a copy.</summary>
    Join,

    /// <summary>Kept waiting; may be sent later or refused.</summary>
    Hold,

    /// <summary>Answered with a 503 of our own.</summary>
    Refuse,
}
