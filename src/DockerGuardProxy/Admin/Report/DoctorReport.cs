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

/// <summary>One finding of the doctor. Foreign names are escaped.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Level"><c>ok</c>, <c>note</c>, <c>unknown</c> or <c>problem</c>.</param>
/// <param name="Text">What was found.</param>
/// <param name="Cure">What to do; null where nothing is to be done.</param>
internal sealed record FindingReport(string Check, string Level, string Text, string? Cure);
