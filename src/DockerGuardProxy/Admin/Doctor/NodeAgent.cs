namespace DockerGuardProxy.Admin.Doctor;

/// <summary>A kubelet or a cri-dockerd, and the engine's socket that it uses.</summary>
/// <param name="Process">The process.</param>
/// <param name="Endpoint">As its options say, or its default; null where it uses no engine but another runtime.</param>
/// <param name="IsCertain">False where it does not say whether it uses an engine at all.</param>
/// <param name="Leads">Whom it reaches there.</param>
internal sealed record NodeAgent(SeenProcess Process, string? Endpoint, bool IsCertain, SocketOwner Leads);
