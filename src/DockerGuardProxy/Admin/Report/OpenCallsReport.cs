namespace DockerGuardProxy.Admin.Report;

/// <summary>Open calls of one kind that is watched and not guarded; they pile up where a lock, a shim or a disk hangs.</summary>
/// <param name="Operation"><c>exec</c>, <c>inspect</c>, <c>stats</c>, <c>attach</c>, <c>logs</c> or <c>wait</c>.</param>
/// <param name="Container">The container as the callers name it; null for <c>exec</c>, whose calls name an exec instance.</param>
/// <param name="Open">How many.</param>
/// <param name="OldestSeconds">Age of the oldest.</param>
internal sealed record OpenCallsReport(string Operation, string? Container, int Open, double OldestSeconds);
