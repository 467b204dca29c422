namespace DockerGuardProxy.Admin.Report;

/// <summary>What runs on the node, for a bug report. What can't be told is null.</summary>
/// <param name="Version">Of this format, by the rule of <see cref="StatusReport"/>.</param>
/// <param name="Program">Version of the program that wrote this.</param>
/// <param name="Commit">The commit it was built from.</param>
/// <param name="Runtime">What it was built with, and for which machine.</param>
/// <param name="Proxy">Version of the proxy that runs.</param>
/// <param name="Engine">The engine, as it names itself in its <c>Server</c> header.</param>
/// <param name="EngineApi">The newest version of its API.</param>
/// <param name="Kernel">First line of <c>/proc/version</c>.</param>
/// <param name="System">Name of the distribution.</param>
/// <param name="Cgroup"><c>v1</c>, <c>v2</c>, or <c>hybrid</c>.</param>
internal sealed record VersionsReport(
    int Version,
    string Program,
    string? Commit,
    string Runtime,
    string? Proxy,
    string? Engine,
    string? EngineApi,
    string? Kernel,
    string System,
    string Cgroup)
{
    /// <summary>The format that this program writes and reads.</summary>
    public const int FormatVersion = 1;
}
