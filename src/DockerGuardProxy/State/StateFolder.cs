using DockerGuardProxy.Configuration;

namespace DockerGuardProxy.State;

/// <summary>Where what outlives the process is kept. It need not outlive the boot.</summary>
internal static class StateFolder
{
    /// <summary>systemd's runtime directory (systemd.exec(5)), else the folder of the admin socket.</summary>
    public static string Of(Func<string, string?> environment, string adminPath)
    {
        var runtime = environment("RUNTIME_DIRECTORY")?.Split(':')[0];
        if (!string.IsNullOrEmpty(runtime))
            return runtime;
        return Path.GetDirectoryName(Path.GetFullPath(adminPath.Length > 0 ? adminPath : AdminOptions.Default.Path))!;
    }
}
