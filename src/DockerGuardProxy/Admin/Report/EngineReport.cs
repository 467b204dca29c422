namespace DockerGuardProxy.Admin.Report;

/// <summary>The engine as the index of containers sees it.</summary>
/// <param name="Path">Its socket.</param>
/// <param name="Ready">It answers: its list of containers was read, and its events come since.</param>
/// <param name="Containers">How many containers are known, running or not.</param>
internal sealed record EngineReport(string Path, bool Ready, int Containers);
