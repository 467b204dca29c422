using System.Globalization;

namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>containerd does not answer for a while: nothing starts and nothing ends.</summary>
internal sealed class ContainerdStoppedActor : IActor
{
    private const int Stop = 19, Continue = 18;

    public async Task ActAsync(Site site, PlannedChaos chaos)
    {
        var file = Path.Combine(site.Engine.Folder, "x/containerd/containerd.pid");
        var pid = int.Parse((await File.ReadAllTextAsync(file)).Trim(), CultureInfo.InvariantCulture);
        Subject.Signal(pid, Stop);
        try
        {
            await Task.Delay(chaos.Length);
        }
        finally
        {
            Subject.Signal(pid, Continue);
        }
    }
}
