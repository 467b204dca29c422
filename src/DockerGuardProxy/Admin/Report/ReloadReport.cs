namespace DockerGuardProxy.Admin.Report;

/// <summary>The answer of <c>POST /v1/reload</c>: 200, or 422 where what is asked is not valid and the old configuration stays.</summary>
/// <param name="Valid">It is valid and in use now.</param>
/// <param name="Errors">Everything that is wrong with it, each with its key.</param>
/// <param name="PendingRestart">Keys whose change waits for a restart.</param>
internal sealed record ReloadReport(bool Valid, IReadOnlyList<string> Errors, IReadOnlyList<string> PendingRestart);
