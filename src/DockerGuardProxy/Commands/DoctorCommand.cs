using System.CommandLine;
using System.Text.Json;
using DockerGuardProxy.Admin.Doctor;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Configuration;

namespace DockerGuardProxy.Commands;

/// <summary><c>doctor</c>: whether the installation does what it is there for, and what to do where it does not.</summary>
internal static class DoctorCommand
{
    /// <summary>Exit code where something is wrong.</summary>
    public const int ProblemFound = 1;

    /// <summary>Exit code where nothing is seen to be wrong, but something can't be told.</summary>
    public const int CannotTell = 2;

    /// <summary>Exit code 0 if all is well, 1 if there is a problem, 2 if there is none but something can't be told.</summary>
    public static Command Create()
    {
        var admin = AdminOption.Create();
        var json = new Option<bool>("--json") { Description = "Print the findings as JSON." };
        var config = ConfigOption.Create("Read where the proxy can't be asked");
        var command = new Command("doctor", "Look for what keeps the guard from its work, and say the cure. Exit code 1: there is a problem.")
        {
            admin, json, config,
        };
        command.SetAction((result, cancellationToken) =>
        {
            var output = result.InvocationConfiguration.Output;
            var examiner = new Examiner(
                result.GetValue(admin)!, new ConfigurationSources().Name(result.GetValue(config)), "/proc", TimeProvider.System);
            return RunAsync(examiner, result.GetValue(json), Terminal.HasColour(output), TimeProvider.System, output, cancellationToken);
        });
        return command;
    }

    /// <summary>The command without its parser.</summary>
    internal static async Task<int> RunAsync(
        Examiner examiner, bool json, bool colour, TimeProvider time, TextWriter output, CancellationToken cancellationToken)
    {
        var findings = DoctorRules.Judge(await examiner.ExamineAsync(cancellationToken));
        var report = new DoctorReport(
            DoctorReport.FormatVersion,
            time.GetUtcNow(),
            findings.Count(finding => finding.Level == FindingLevel.Problem),
            findings.Count(finding => finding.Level == FindingLevel.Unknown),
            [.. findings.Select(finding => new FindingReport(finding.Check, DoctorText.Word(finding.Level), finding.Text, finding.Cure))]);
        await output.WriteAsync(json ? JsonSerializer.Serialize(report, ReportJson.Default.DoctorReport) + "\n" : DoctorText.Write(report, colour));
        return report.Problems > 0 ? ProblemFound : report.Unknown > 0 ? CannotTell : 0;
    }
}
