using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Guard;

/// <summary>A call that was sent to the engine in the present run and is not yet answered.</summary>
/// <param name="Id">Number of the attempt.</param>
/// <param name="Operation">What was asked.</param>
/// <param name="KillAt">When the engine sends SIGKILL for it.</param>
/// <param name="Signal">Effective signal, upper case without SIG; null is the container's own, where that is not known.</param>
/// <param name="IsStep">True for an escalation that counts as one of the stepwise shorter ones.</param>
internal readonly record struct OpenCall(long Id, Operation Operation, KillAt KillAt, string? Signal, bool IsStep);
