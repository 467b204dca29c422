namespace DockerGuardProxy.Admin.Report;

/// <summary>The answer of <c>GET /v1/health</c> and <c>GET /v1/ready</c>.</summary>
/// <param name="State"><c>ok</c>, or what is missing.</param>
internal sealed record StateReport(string State);
