namespace DockerGuardProxy.Guard;

/// <summary>Sends calls to the engine.</summary>
internal interface IAttemptSender
{
    /// <summary>
    /// Sends a call and reads its answer, however long that takes and whether or not its caller is still there. Called once for each attempt,
    /// outside the ledger's lock; must soon return its task.
    /// </summary>
    /// <param name="attempt">What is sent.</param>
    /// <param name="mayBeSent">Asked if the engine took long to take the connection (<see cref="Ledger.MayStillBeSent"/>).</param>
    /// <exception cref="Exception">No answer will come: never connected, or the connection was lost.</exception>
    public Task<AttemptAnswer> SendAsync(Attempt attempt, Func<bool> mayBeSent);
}
