using System.Collections.Immutable;
using System.CommandLine;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Hosting;

namespace DockerGuardProxy.Commands;

/// <summary><c>run</c>: the daemon.</summary>
internal static class RunCommand
{
    /// <summary>Exit code 0 after SIGTERM or SIGINT, 2 if a socket's settings are wrong or the socket can't be served.</summary>
    public static Command Create()
    {
        var config = ConfigOption.Create("Configuration file");
        var procfs = new Option<string>("--procfs")
        {
            Description = "Where the kernel's process files are",
            HelpName = "PATH",
            DefaultValueFactory = _ => "/proc",
        };
        var command = new Command("run", "Guard the engine: serve a socket in front of it.") { config };
        foreach (var setting in Settings.All.Where(setting => setting.Option is not null))
            command.Add(Create(setting.Option!, setting.Key));
        command.Add(procfs);
        command.SetAction((result, cancellationToken) =>
        {
            var sources = new ConfigurationSources { CommandLine = SettingsOf(result) }.Name(result.GetValue(config));
            return Daemon.RunAsync(sources, Path.GetFullPath(result.GetValue(procfs)!), cancellationToken);
        });
        return command;
    }

    /// <summary>The settings that a command line gives, by their keys.</summary>
    internal static ImmutableDictionary<string, string?> SettingsOf(ParseResult result)
    {
        var given = ImmutableDictionary.CreateBuilder<string, string?>();
        foreach (var setting in Settings.All)
        {
            if (setting.Option is { } option && result.GetValue<string?>(option.Name) is { } value)
                given[setting.Key] = option.IsPath ? Path.GetFullPath(value) : value;
        }

        return given.ToImmutable();
    }

    private static Option<string?> Create(SettingOption described, string key)
    {
        string[] choices = [.. described.Choices];
        var words = choices.Length == 0 ? "" : ": " + string.Join(", ", choices);
        var option = new Option<string?>(described.Name) { Description = $"{described.Description}{words} ({key})", HelpName = described.HelpName };
        return choices.Length == 0 ? option : option.AcceptOnlyFromAmong(choices);
    }
}
