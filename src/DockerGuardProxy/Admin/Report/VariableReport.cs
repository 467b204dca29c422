namespace DockerGuardProxy.Admin.Report;

/// <summary>A variable of the proxy's environment that bears on it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, where the name says that it holds no secret; else <c>REDACTED</c>.</param>
internal sealed record VariableReport(string Name, string Value);
