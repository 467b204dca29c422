using System.Globalization;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Bench.Peers;

/// <summary>One of those that are measured side by side.</summary>
/// <param name="Name">As tables call it.</param>
/// <param name="Socket">Where its clients connect.</param>
/// <param name="Daemon">Its process.</param>
internal sealed record Peer(string Name, string Socket, Daemon Daemon)
{
    private const double TicksPerSecond = 100;

    /// <summary>CPU time of its process so far, in seconds: user and system (proc(5), USER_HZ).</summary>
    public double CpuSeconds()
    {
        var stat = File.ReadAllText($"/proc/{Daemon.Pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
