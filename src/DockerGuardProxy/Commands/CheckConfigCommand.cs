using System.CommandLine;
using System.Text;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Files;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Commands;

/// <summary>
/// <c>check-config FILE</c>: the strict reader. Where the daemon makes the best of a bad file, this command lists all that is wrong with
/// it and fails.
/// </summary>
internal static class CheckConfigCommand
{
    /// <summary>Exit code 0 for a valid configuration, 2 for any error.</summary>
    public static Command Create()
    {
        var file = new Argument<string?>("FILE")
        {
            Description = $"The file to check; {ConfigurationSources.DefaultFile} if none is named.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var json = new Option<bool>("--json") { Description = "Print the effective configuration: defaults, file and environment." };
        var command = new Command("check-config", "Check a configuration file, together with DOCKER_GUARD_PROXY__* of this environment.")
        {
            file,
            json,
        };
        command.SetAction(result => Run(
            new ConfigurationSources { File = Path.GetFullPath(result.GetValue(file) ?? ConfigurationSources.DefaultFile), FileIsNamed = true },
            result.GetValue(json),
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error));
        return command;
    }

    /// <summary>The command without its parser.</summary>
    internal static int Run(ConfigurationSources sources, bool json, TextWriter output, TextWriter errors)
    {
        var loaded = ConfigurationLoader.Load(sources, SmallFile.Read(sources.File));
        if (!loaded.IsValid)
        {
            foreach (var error in loaded.Errors)
                errors.WriteLine(error);
            return ConfigurationException.ExitCode;
        }

        if (json)
            output.Write(Encoding.UTF8.GetString(ConfigurationJson.Write(loaded.Configuration)));
        else
            output.WriteLine($"{LogText.Escape(sources.File, 4096)}: valid");
        return 0;
    }
}
