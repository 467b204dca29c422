namespace DockerGuardProxy.Demo.Incident;

/// <summary>The engine at one moment.</summary>
/// <param name="At">Since the half's begin.</param>
/// <param name="Connections">Open connections.</param>
/// <param name="Waiters">Calls that wait for an exit.</param>
/// <param name="Goroutines">Goroutines.</param>
/// <param name="WaitingBytes">Memory of the waiting calls, after measurements of a real engine.</param>
internal sealed record Sample(TimeSpan At, int Connections, int Waiters, int Goroutines, long WaitingBytes);
