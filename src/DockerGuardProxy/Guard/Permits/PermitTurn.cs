namespace DockerGuardProxy.Guard.Permits;

/// <summary>What one input to the ledger leads to; carried out after the keeper's lock.</summary>
internal sealed class PermitTurn
{
    /// <summary>Held ones of which something has come.</summary>
    public List<(TaskCompletionSource<PermitOutcome> Waiter, PermitOutcome Outcome)> Outcomes { get; } = [];

    /// <summary>Held ones that are told, and are out of every list.</summary>
    public List<(TaskCompletionSource<PermitOutcome> Waiter, TellFacts Facts)> TellsHeld { get; } = [];

    /// <summary>Sent ones whose callers are to be told.</summary>
    public List<(PermitCall Call, long Serial, TellFacts Facts)> TellsSent { get; } = [];

    /// <summary>Callers whose names are needed; then the time is looked at once more.</summary>
    public List<IPermitCaller> Unknown { get; } = [];

    /// <summary>What is to be reported.</summary>
    public List<PermitEvent> Events { get; } = [];
}
