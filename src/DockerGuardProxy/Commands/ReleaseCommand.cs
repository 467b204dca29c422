using System.CommandLine;
using DockerGuardProxy.Admin;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Commands;

/// <summary><c>release CONTAINER</c>: the next terminating call of a stuck container is sent, whatever its back-off.</summary>
internal static class ReleaseCommand
{
    /// <summary>Exit code where there was nothing to release, or no such container.</summary>
    public const int NothingToRelease = 1;

    /// <summary>Exit code 0 if a back-off was ended, 1 if there was none or no such container, 2 if the proxy can't be asked.</summary>
    public static Command Create()
    {
        var container = new Argument<string>("CONTAINER") { Description = "Name, id or unique prefix of an id." };
        var admin = AdminOption.Create();
        var command = new Command("release", "End the back-off of a container: its next terminating call is sent.") { container, admin };
        command.SetAction((result, cancellationToken) => RunAsync(
            result.GetValue(admin)!,
            result.GetValue(container)!,
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        string admin, string container, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        using var client = new AdminClient(admin);
        try
        {
            var answer = await client.AskAsync(HttpMethod.Post, $"/v1/release/{Uri.EscapeDataString(container)}", cancellationToken);
            if (answer.Status is 404 or 409)
            {
                await errors.WriteLineAsync(LogText.Escape(client.Read(answer, ReportJson.Default.ErrorReport).Message, 400));
                return NothingToRelease;
            }

            var report = client.Read(answer, ReportJson.Default.ReleaseReport);
            var name = $"{LogText.Escape(report.Name)} ({LogText.Escape(ShortId.Of(report.Id))})";
            await output.WriteLineAsync(report.Released ? $"{name}: back-off ended" : $"{name}: no back-off");
            return report.Released ? 0 : NothingToRelease;
        }
        catch (AdminException e)
        {
            await errors.WriteLineAsync(e.Message);
            return AdminOption.Unreachable;
        }
    }
}
