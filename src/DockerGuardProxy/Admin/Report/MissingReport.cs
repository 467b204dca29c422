namespace DockerGuardProxy.Admin.Report;

/// <summary>Something that could not be had.</summary>
/// <param name="What">What it is; the name of a file of the archive where it would have been one.</param>
/// <param name="Reason">Why not.</param>
internal sealed record MissingReport(string What, string Reason);
