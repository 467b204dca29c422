using System.CommandLine;
using System.Runtime.InteropServices;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Commands;

/// <summary><c>version</c>: which program this is, for a bug report. The running proxy may be another: <c>status</c> tells.</summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Print the version of this program.");
        command.SetAction(result =>
        {
            var output = result.InvocationConfiguration.Output;
            output.WriteLine($"docker-guard-proxy {ProductVersion.Number}");
            if (ProductVersion.Commit is { } commit)
                output.WriteLine($"commit {commit}");
            output.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}");
        });
        return command;
    }
}
