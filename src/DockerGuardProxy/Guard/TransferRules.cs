namespace DockerGuardProxy.Guard;

/// <summary>What is known of an archive transfer at one moment.</summary>
/// <param name="IsClientsTurn">
/// It waits for its client: of a download bytes wait in the client's socket; of an upload the engine has taken all, and the client sends nothing.
/// </param>
/// <param name="Unmoved">How long it has been so without a byte moved.</param>
/// <param name="OthersWait">Calls for the same container are unanswered.</param>
/// <param name="IsSaid">It was said that it would be cut.</param>
/// <param name="IsDone">It was cut.</param>
internal readonly record struct TransferFacts(bool IsClientsTurn, TimeSpan Unmoved, bool OthersWait, bool IsSaid, bool IsDone);

/// <summary>What is to be done about a transfer.</summary>
internal enum TransferVerdict
{
    /// <summary>Nothing.</summary>
    Leave,

    /// <summary>Say that it would be cut.</summary>
    Say,

    /// <summary>Cut it: its container's lock is free then.</summary>
    Cut,
}

/// <summary>
/// When an archive transfer is cut. Pure. It holds its container's lock to its end: one that its client has left lying keeps everybody else
/// waiting; one that only goes slowly, by whoever's fault, does not.
/// </summary>
internal static class TransferRules
{
    /// <summary>Whether its client counts as one that has left it lying.</summary>
    public static bool IsStalled(in TransferFacts facts, TimeSpan after) => facts.IsClientsTurn && facts.Unmoved >= after;

    /// <summary>Decides.</summary>
    public static TransferVerdict Judge(in TransferFacts facts, TransfersPolicy policy)
    {
        if (policy.Mode == GuardMode.Off || facts.IsDone || !facts.OthersWait || !IsStalled(facts, policy.Stall)) return TransferVerdict.Leave;
        return policy.Mode == GuardMode.Enforce ? TransferVerdict.Cut : facts.IsSaid ? TransferVerdict.Leave : TransferVerdict.Say;
    }
}
