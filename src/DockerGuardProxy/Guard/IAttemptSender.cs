namespace DockerGuardProxy.Guard;

/// <summary>What the ledger asks of its surroundings. Called outside its lock; must return soon.</summary>
internal interface IAttemptSender
{
    /// <summary>
    /// Starts sending; called once for each attempt. Must end in exactly one of <see cref="Ledger.Answered"/> and
    /// <see cref="Ledger.Lost"/>, however long that takes and whether or not the caller is still there.
    /// </summary>
    public void Send(Attempt attempt);

    /// <summary>A container needs evidence from now on: see <see cref="Ledger.EvidenceNeeds"/>.</summary>
    public void EvidenceNeeded(EvidenceNeed need);

    /// <summary>
    /// Looks whether the named tasks still wait, once, and tells <see cref="Ledger.Reviewed"/> where all of them do.
    /// </summary>
    public void Review(EndedRefusals refusals);
}
