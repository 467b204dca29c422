namespace DockerGuardProxy.Admin.Report;

/// <summary>The pod that a container's labels name.</summary>
internal sealed record PodReport(string Namespace, string Name, string? Uid);
