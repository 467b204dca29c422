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
        var listen = new Option<string?>("--listen") { Description = "Socket that clients use (listen.path)", HelpName = "PATH" };
        var engine = new Option<string?>("--engine") { Description = "The engine's socket (engine.path)", HelpName = "PATH" };
        var admin = new Option<string?>("--admin") { Description = "Socket for status and control (admin.path)", HelpName = "PATH" };
        var procfs = new Option<string>("--procfs") { Description = "Where the kernel's process files are", HelpName = "PATH", DefaultValueFactory = _ => "/proc" };
        var command = new Command("run", "Guard the engine: serve a socket in front of it.") { config, listen, engine, admin, procfs };
        command.SetAction((result, cancellationToken) =>
        {
            var settings = ImmutableDictionary.CreateBuilder<string, string?>();
            Add(settings, "listen.path", result.GetValue(listen));
            Add(settings, "engine.path", result.GetValue(engine));
            Add(settings, "admin.path", result.GetValue(admin));
            var sources = new ConfigurationSources { CommandLine = settings.ToImmutable() }.Name(result.GetValue(config));
            return Daemon.RunAsync(sources, Path.GetFullPath(result.GetValue(procfs)!), cancellationToken);
        });
        return command;
    }

    private static void Add(ImmutableDictionary<string, string?>.Builder settings, string key, string? path)
    {
        if (path is not null) settings[key] = Path.GetFullPath(path);
    }
}
