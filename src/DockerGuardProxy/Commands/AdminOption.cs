using System.CommandLine;
using DockerGuardProxy.Configuration;

namespace DockerGuardProxy.Commands;

/// <summary><c>--admin PATH</c>, for every command that asks a running proxy.</summary>
internal static class AdminOption
{
    /// <summary>Exit code where the proxy can't be asked.</summary>
    public const int Unreachable = 2;

    public static Option<string> Create() => new("--admin")
    {
        Description = "The admin socket of the proxy",
        HelpName = "PATH",
        DefaultValueFactory = _ => AdminOptions.Default.Path,
    };
}
