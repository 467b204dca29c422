namespace DockerGuardProxy.Admin.Report;

/// <summary>What is in the archive of <c>bundle</c>, its first file.</summary>
/// <param name="Version">Of the archive's form, by the rule of <see cref="StatusReport"/>.</param>
/// <param name="Time">When it was gathered, in UTC.</param>
/// <param name="Files">The other files.</param>
/// <param name="Missing">What could not be had.</param>
internal sealed record BundleReport(int Version, DateTimeOffset Time, IReadOnlyList<string> Files, IReadOnlyList<MissingReport> Missing)
{
    /// <summary>The form that this program writes.</summary>
    public const int FormatVersion = 1;
}

/// <summary>Something that could not be had.</summary>
/// <param name="What">What it is; the name of a file of the archive where it would have been one.</param>
/// <param name="Reason">Why not.</param>
internal sealed record MissingReport(string What, string Reason);

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
