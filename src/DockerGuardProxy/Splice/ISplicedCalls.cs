namespace DockerGuardProxy.Splice;

/// <summary>Told what becomes of the calls of a <see cref="SpliceLane"/>.</summary>
internal interface ISplicedCalls
{
    /// <summary>The head of the engine's answer has come, and is about to go to the client.</summary>
    public void OnAnswering();

    /// <summary>A call that began is over; once for each, before the next can begin.</summary>
    public void OnEnded();
}
