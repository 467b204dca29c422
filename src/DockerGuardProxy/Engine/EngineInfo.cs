namespace DockerGuardProxy.Engine;

/// <summary>What the engine says of itself (<c>GET /info</c>).</summary>
/// <param name="Version">Its version.</param>
/// <param name="Goroutines">Its goroutines; null unless it runs in debug mode.</param>
internal sealed record EngineInfo(string? Version, long? Goroutines);
