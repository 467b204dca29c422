using System.CommandLine;
using DockerGuardProxy.Admin.Bundle;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Commands;

/// <summary><c>bundle</c>: one archive with what a bug report needs, also while the proxy is down.</summary>
internal static class BundleCommand
{
    /// <summary>Exit code where the archive is written and something is missing in it.</summary>
    public const int Incomplete = 1;

    /// <summary>Exit code where there is no archive.</summary>
    public const int NotWritten = 2;

    /// <summary>Exit code 0 for a whole archive, 1 if something is missing in it, 2 if it can't be written.</summary>
    public static Command Create()
    {
        var admin = AdminOption.Create();
        var output = new Option<string?>("--output")
        {
            Description = "Where to write it [default: docker-guard-proxy-bundle-TIME.tar.gz]",
            HelpName = "FILE",
        };
        var config = ConfigOption.Create("Read where the proxy can't be asked");
        var command = new Command("bundle", "Write an archive for a bug report. Exit code 1: something is missing in it.") { admin, output, config };
        command.SetAction((result, cancellationToken) =>
        {
            return RunAsync(
                new BundleCollector(result.GetValue(admin)!, new ConfigurationSources().Name(result.GetValue(config)), "/proc"),
                result.GetValue(output),
                TimeProvider.System,
                result.InvocationConfiguration.Output,
                result.InvocationConfiguration.Error,
                cancellationToken);
        });
        return command;
    }

    /// <summary>The command without its parser.</summary>
    internal static async Task<int> RunAsync(
        BundleCollector collector, string? path, TimeProvider time, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var bundle = await collector.CollectAsync(time.GetUtcNow(), cancellationToken);
        path ??= BundleArchive.NameAt(bundle.Time) + ".tar.gz";
        try
        {
            BundleArchive.Write(path, bundle);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"{LogText.Escape(path, 4096)}: {LogText.Escape(e.Message, 400)}");
            return NotWritten;
        }

        foreach (var missing in bundle.Missing)
            await errors.WriteLineAsync($"missing: {LogText.Escape(missing.What, 400)}: {LogText.Escape(missing.Reason, 4096)}");
        await output.WriteLineAsync(LogText.Escape(path, 4096));
        await output.WriteLineAsync("It names containers, pods and callers, and no credentials. Look through it before you send it.");
        return bundle.Missing.Count > 0 ? Incomplete : 0;
    }
}
