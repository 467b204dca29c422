namespace DockerGuardProxy.Engine;

/// <summary>What the engine tells of an exec instance.</summary>
/// <param name="Container">Full id of its container.</param>
/// <param name="Running">Its first process has not exited, as far as the engine knows.</param>
/// <param name="Pid">That process, in the engine's pid namespace; null where it does not say.</param>
internal sealed record ExecState(string Container, bool Running, int? Pid);
