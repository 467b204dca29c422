namespace DockerGuardProxy.Admin.Report;

/// <summary>The process that answers.</summary>
/// <param name="Version">Of the program.</param>
/// <param name="Pid">Its process id.</param>
/// <param name="Started">When, in UTC.</param>
/// <param name="Listen">The socket that clients use; several with commas.</param>
internal sealed record ProxyReport(string Version, int Pid, DateTimeOffset Started, string Listen);
