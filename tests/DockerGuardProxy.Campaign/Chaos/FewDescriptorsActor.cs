using System.Globalization;

namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>The proxy may open few descriptors more than it has.</summary>
internal sealed class FewDescriptorsActor : IActor
{
    private const int More = 8;

    public async Task ActAsync(Site site, PlannedChaos chaos)
    {
        var pid = site.Proxy.Daemon.Pid;
        var before = (await File.ReadAllLinesAsync($"/proc/{pid}/limits"))
            .Single(line => line.StartsWith("Max open files", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        var few = string.Create(CultureInfo.InvariantCulture, $"{site.Proxy.Daemon.Descriptors() + More}");
        await LimitAsync(pid, few);
        try
        {
            await Task.Delay(chaos.Length);
        }
        finally
        {
            await LimitAsync(pid, before);
            site.Cut();
        }
    }

    private static Task LimitAsync(int pid, string soft) =>
        Shell.RunAsync("prlimit", "--pid", pid.ToString(CultureInfo.InvariantCulture), $"--nofile={soft}:");
}
