namespace DockerGuardProxy.Calls;

/// <summary>A terminating call as dockerd would understand it; decided from the raw request alone.</summary>
/// <param name="Operation">What is asked.</param>
/// <param name="Reference">The container as the caller names it (decoded): id, name or prefix of an id.</param>
/// <param name="Grace">When SIGKILL comes.</param>
/// <param name="Signal">
/// The first signal, upper case and without <c>SIG</c> (<c>TERM</c>, or a number as text); null where the container's StopSignal counts.
/// </param>
internal sealed record TerminatingCall(Operation Operation, string Reference, Grace Grace, string? Signal);
