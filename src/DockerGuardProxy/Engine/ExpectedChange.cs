namespace DockerGuardProxy.Engine;

/// <summary>
/// A call on its way that will change the index if the engine agrees. Holds whom it named when it was sent: once the answer is there, the
/// name may already be another's.
/// </summary>
/// <param name="Call">The call.</param>
/// <param name="Target">The container it named then, as it was; null for a creation or an unknown one.</param>
/// <param name="Body">What a creation's body said, if it could be read.</param>
internal sealed record ExpectedChange(ChangingCall Call, Container? Target, CreateBody? Body);
