namespace DockerGuardProxy.Admin.Report;

/// <summary>One finding of the doctor. Foreign names are escaped.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Level"><c>ok</c>, <c>note</c>, <c>unknown</c> or <c>problem</c>.</param>
/// <param name="Text">What was found.</param>
/// <param name="Cure">What to do; null where nothing is to be done.</param>
internal sealed record FindingReport(string Check, string Level, string Text, string? Cure);
