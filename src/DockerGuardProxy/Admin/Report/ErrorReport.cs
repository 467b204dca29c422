namespace DockerGuardProxy.Admin.Report;

/// <summary>The body of every answer from 400 on that has none of its own, in the engine's form.</summary>
internal sealed record ErrorReport(string Message);
