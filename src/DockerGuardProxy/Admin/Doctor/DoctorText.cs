using DockerGuardProxy.Admin.Report;

namespace DockerGuardProxy.Admin.Doctor;

/// <summary>The findings for people: 80 columns, what is wrong last, where a terminal shows it.</summary>
internal static class DoctorText
{
    private const string Red = "1;31", Yellow = "1;33", Green = "1;32";

    /// <summary>Writes them.</summary>
    public static string Write(DoctorReport report, bool colour)
    {
        var sheet = new Sheet(colour);
        foreach (var finding in report.Findings.Where(finding => finding.Level == Word(FindingLevel.Ok)))
            sheet.Row("ok", $"{finding.Check}: {finding.Text}");
        foreach (var level in new[] { FindingLevel.Note, FindingLevel.Unknown, FindingLevel.Problem })
        {
            foreach (var finding in report.Findings.Where(finding => finding.Level == Word(level)))
            {
                sheet.Row(
                    level switch { FindingLevel.Note => "note", FindingLevel.Unknown => "can't tell", _ => "PROBLEM" },
                    $"{finding.Check}: {finding.Text}");
                if (finding.Cure is { } cure)
                    sheet.Row("  cure", cure);
            }
        }

        sheet.Blank();
        if (report.Problems > 0)
            sheet.Heading($"{report.Problems} problem{(report.Problems == 1 ? "" : "s")}.", Red);
        else if (report.Unknown > 0)
            sheet.Heading($"No problem is seen, but {report.Unknown} thing{(report.Unknown == 1 ? "" : "s")} can't be told.", Yellow);
        else
            sheet.Heading("No problem.", Green);
        return sheet.ToString();
    }

    /// <summary>The level as JSON has it.</summary>
    public static string Word(FindingLevel level) => level switch
    {
        FindingLevel.Ok => "ok",
        FindingLevel.Note => "note",
        FindingLevel.Unknown => "unknown",
        _ => "problem",
    };
}
