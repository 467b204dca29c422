namespace DockerGuardProxy.Guard;

/// <summary>How the engine has answered an attempt.</summary>
/// <param name="Answer">The answer.</param>
/// <param name="TellIndex">
/// Tells the index what the answer says about containers; null where it says nothing. Called once, after the ledger has taken the answer and
/// before its caller reads it: the ledger learns of a run's end by the answer itself, and the index's word for it then changes nothing.
/// </param>
internal readonly record struct AttemptAnswer(EngineAnswer Answer, Action? TellIndex = null);
