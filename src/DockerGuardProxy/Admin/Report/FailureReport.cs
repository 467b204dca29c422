namespace DockerGuardProxy.Admin.Report;

/// <summary>A configuration that was asked for and is not valid.</summary>
/// <param name="Time">When it was seen, in UTC.</param>
/// <param name="Errors">Everything that is wrong with it, each with its key.</param>
internal sealed record FailureReport(DateTimeOffset Time, IReadOnlyList<string> Errors);
