namespace DockerGuardProxy.Demo.Incident;

/// <summary>The engine at one moment.</summary>
/// <param name="At">Since the half's begin.</param>
/// <param name="Connections">Open connections.</param>
/// <param name="Open">Calls that the engine has not answered.</param>
/// <param name="Goroutines">Goroutines.</param>
/// <param name="OpenBytes">Memory of these calls, after measurements of a real engine; null where not known.</param>
internal sealed record Sample(TimeSpan At, int Connections, int Open, int Goroutines, long? OpenBytes);
