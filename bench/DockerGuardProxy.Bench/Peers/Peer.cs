using System.Diagnostics;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Bench.Peers;

/// <summary>One of those that are measured side by side.</summary>
/// <param name="Name">As tables call it.</param>
/// <param name="Socket">Where its clients connect.</param>
/// <param name="Daemon">Its process.</param>
internal sealed record Peer(string Name, string Socket, Daemon Daemon)
{
    /// <summary>CPU time of its process so far, in seconds: user and system.</summary>
    public double CpuSeconds()
    {
        using var process = Process.GetProcessById(Daemon.Pid);
        return process.TotalProcessorTime.TotalSeconds;
    }
}
