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
