using System.CommandLine;
using System.Text;
using DockerGuardProxy.Admin;
using DockerGuardProxy.Admin.Report;

namespace DockerGuardProxy.Commands;

/// <summary><c>status</c>: what the guard does now, and which containers are stuck.</summary>
internal static class StatusCommand
{
    /// <summary>Exit code where a container is stuck.</summary>
    public const int SomethingIsStuck = 1;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Exit code 0 if no container is stuck, 1 if one is, 2 if the proxy can't be asked; with --watch, that of the last look.</summary>
    public static Command Create()
    {
        var admin = AdminOption.Create();
        var json = new Option<bool>("--json") { Description = "Print the status as the proxy sends it." };
        var watch = new Option<bool>("--watch") { Description = "Look again every 2 s until interrupted." };
        var command = new Command("status", "Show what the guard does and which containers are stuck. Exit code 1: one is.") { admin, json, watch };
        command.SetAction((result, cancellationToken) =>
        {
            var output = result.InvocationConfiguration.Output;
            var look = new Look(
                result.GetValue(admin)!,
                result.GetValue(json),
                Colour: Terminal.HasColour(output),
                output,
                result.InvocationConfiguration.Error);
            return result.GetValue(watch)
                ? WatchAsync(look, Terminal.Is(output), TimeProvider.System, cancellationToken)
                : look.RunAsync(cancellationToken);
        });
        return command;
    }

    /// <summary>Looks again and again; a proxy that is not there may come back.</summary>
    internal static async Task<int> WatchAsync(Look look, bool isTerminal, TimeProvider time, CancellationToken cancellationToken)
    {
        var code = 0;
        try
        {
            while (true)
            {
                // To the top left corner, and all below is erased (ECMA-48).
                if (isTerminal)
                    await look.Output.WriteAsync("\e[H\e[J");
                code = await look.RunAsync(cancellationToken);
                await Task.Delay(Interval, time, cancellationToken);
                if (!isTerminal && !look.Json)
                    await look.Output.WriteAsync("\n");
            }
        }
        catch (OperationCanceledException)
        {
            return code;
        }
    }

    /// <summary>One look at the status.</summary>
    /// <param name="Admin">Path of the admin socket.</param>
    /// <param name="Json">Whether to print it as it comes.</param>
    /// <param name="Colour">Whether to colour it.</param>
    /// <param name="Output">Takes the status.</param>
    /// <param name="Errors">Takes the reason where there is none.</param>
    internal sealed record Look(string Admin, bool Json, bool Colour, TextWriter Output, TextWriter Errors)
    {
        /// <summary>The exit code.</summary>
        public async Task<int> RunAsync(CancellationToken cancellationToken)
        {
            using var client = new AdminClient(Admin);
            try
            {
                var answer = await client.AskAsync(HttpMethod.Get, "/v1/status", cancellationToken);
                var status = client.Read(answer, ReportJson.Default.StatusReport);
                await Output.WriteAsync(Json ? Encoding.UTF8.GetString(answer.Body.Span) : StatusText.Write(status, Colour));
                return status.StuckContainers > 0 ? SomethingIsStuck : 0;
            }
            catch (AdminException e)
            {
                await Errors.WriteLineAsync(e.Message);
                return AdminOption.Unreachable;
            }
        }
    }
}
