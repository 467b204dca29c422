namespace DockerGuardProxy.Admin.Report;

/// <summary>What <c>doctor --json</c> prints.</summary>
/// <param name="Version">Of this format, by the rule of <see cref="StatusReport"/>.</param>
/// <param name="Time">When it was looked, in UTC.</param>
/// <param name="Problems">How many findings are problems.</param>
/// <param name="Unknown">How many things can't be told.</param>
/// <param name="Findings">All of them.</param>
internal sealed record DoctorReport(int Version, DateTimeOffset Time, int Problems, int Unknown, IReadOnlyList<FindingReport> Findings)
{
    /// <summary>The format that this program writes.</summary>
    public const int FormatVersion = 1;
}
