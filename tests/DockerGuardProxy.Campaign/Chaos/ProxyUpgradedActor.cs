using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>
/// What an upgrade of the package does: a new file takes the place of the one that runs, then the proxy is told to end and the new one is handed the
/// same socket.
/// </summary>
internal sealed class ProxyUpgradedActor : IActor
{
    public async Task ActAsync(Site site, PlannedChaos chaos)
    {
        var folder = Path.Combine(site.Engine.Folder, "program");
        Directory.CreateDirectory(folder);
        // Of the build with the JIT: all that lies beside it.
        string[] files = Proxy.Published ? [Proxy.Program] : Directory.GetFiles(AppContext.BaseDirectory);
        foreach (var file in files)
        {
            // As dpkg does: written beside, and moved there whole.
            var (to, beside) = (Path.Combine(folder, Path.GetFileName(file)), Path.Combine(folder, "new"));
            File.Copy(file, beside);
            File.Move(beside, to, overwrite: true);
        }

        site.Proxy.Executable = Path.Combine(folder, Path.GetFileName(Proxy.Program));
        await ProxyRestartedActor.RestartAsync(site, TimeSpan.Zero);
    }
}
