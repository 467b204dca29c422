using System.CommandLine;
using DockerGuardProxy.Admin;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Commands;

/// <summary><c>reload</c>: the configuration file is read now, as on SIGHUP, and this command tells what came of it.</summary>
internal static class ReloadCommand
{
    /// <summary>Exit code where the file is not valid.</summary>
    public const int NotValid = 1;

    /// <summary>Exit code 0 if it is in use, 1 if it is not valid and the old one stays, 2 if the proxy can't be asked.</summary>
    public static Command Create()
    {
        var admin = AdminOption.Create();
        var command = new Command("reload", "Let the proxy read its configuration file now. Exit code 1: it is not valid.") { admin };
        command.SetAction((result, cancellationToken) => RunAsync(
            result.GetValue(admin)!, result.InvocationConfiguration.Output, result.InvocationConfiguration.Error, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string admin, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        using var client = new AdminClient(admin);
        try
        {
            var report = client.Read(await client.AskAsync(HttpMethod.Post, "/v1/reload", cancellationToken), ReportJson.Default.ReloadReport);
            foreach (var error in report.Errors)
                await errors.WriteLineAsync(Printable.Of(error));
            if (!report.Valid)
            {
                await errors.WriteLineAsync("The old configuration stays in use.");
                return NotValid;
            }

            await output.WriteLineAsync("The configuration is in use.");
            foreach (var key in report.PendingRestart)
                await output.WriteLineAsync($"{Printable.Of(key)} waits for a restart.");
            return 0;
        }
        catch (AdminException e)
        {
            await errors.WriteLineAsync(e.Message);
            return AdminOption.Unreachable;
        }
    }
}
