using System.Globalization;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Bench.Results;

/// <summary>What figures depend on: the machine, and the versions of what was measured.</summary>
internal static class MachineKind
{
    public static async Task<string> DescribeAsync()
    {
        var cpu = File.ReadLines("/proc/cpuinfo").First(line => line.StartsWith("model name", StringComparison.Ordinal)).Split(':', 2)[1].Trim();
        var memory = File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        var load = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0];
        var (kernel, haProxy, go) = (
            await FirstLineAsync("uname", "-r"), await FirstLineAsync("haproxy", "-v"), await FirstLineAsync("go", "version"));
        var own = await FirstLineAsync(Proxy.Program, "version");
        return string.Create(CultureInfo.InvariantCulture, $"""
            - {cpu}, {Environment.ProcessorCount} CPUs, {long.Parse(memory, CultureInfo.InvariantCulture) >> 20} GiB; Linux {kernel}; load at the start {load}
            - dockerd {Dockerd.Installed}; {haProxy}; {go}
            - {own}, the native file, default configuration

            """);
    }

    private static async Task<string> FirstLineAsync(params string[] command) =>
        (await Command.RunAsync(command)).Output.Split('\n')[0];
}
