namespace DockerGuardProxy.Admin.Report;

/// <summary>The answer of <c>POST /v1/release/CONTAINER</c>.</summary>
/// <param name="Id">Full id of the container that was meant.</param>
/// <param name="Name">Its name; empty if it has none.</param>
/// <param name="Released">True if there was a back-off, which is over now.</param>
internal sealed record ReleaseReport(string Id, string Name, bool Released);
