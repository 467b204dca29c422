using System.CommandLine;
using DockerGuardProxy.Admin;
using DockerGuardProxy.Admin.Report;

namespace DockerGuardProxy.Commands;

/// <summary><c>check-node</c>: one line and an exit code for node-problem-detector's custom plugin monitor.</summary>
internal static class CheckNodeCommand
{
    /// <summary>The plugin's "not ok": a container is stuck.</summary>
    public const int NotOk = 1;

    /// <summary>The plugin's "unknown": the proxy can't be asked.</summary>
    public const int Unknown = 2;

    /// <summary>The detector waits for its plugins one after the other.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1.5);

    /// <summary>Exit code 0 if no container is stuck, 1 if one is, 2 if the proxy can't be asked within 1.5 s.</summary>
    public static Command Create()
    {
        var admin = AdminOption.Create();
        var command = new Command("check-node", "Print one line for node-problem-detector. Exit code 1: a container is stuck, 2: unknown.") { admin };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetValue(admin)!, result.InvocationConfiguration.Output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string admin, TextWriter output, CancellationToken cancellationToken)
    {
        using var client = new AdminClient(admin, Limit);
        try
        {
            var status = client.Read(await client.AskAsync(HttpMethod.Get, "/v1/status", cancellationToken), ReportJson.Default.StatusReport);
            await output.WriteLineAsync(NodeMessage.Of(status));
            return status.StuckContainers > 0 ? NotOk : 0;
        }
        catch (AdminException)
        {
            await output.WriteLineAsync(NodeMessage.Unknown);
            return Unknown;
        }
    }
}
