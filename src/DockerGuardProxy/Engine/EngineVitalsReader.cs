using System.Globalization;
using DockerGuardProxy.Probe;
using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Engine;

/// <summary>Reads vitals from procfs and the kernel's list of sockets: only what takes no lock which a stuck task could hold.</summary>
/// <param name="root">Where procfs is.</param>
/// <param name="socketPath">The engine's socket.</param>
internal sealed class EngineVitalsReader(ProcRoot root, string socketPath)
{
    /// <summary>Reads them; a process that is gone, or files that can't be read, leave nulls.</summary>
    public EngineVitals Read(EngineInstance? engine)
    {
        var (hostOpen, hostLimit) = HostDescriptors();
        var vitals = new EngineVitals(HostDescriptors: hostOpen, HostDescriptorLimit: hostLimit, Connections: Connections());
        if (engine is not { Pid: var pid })
            return vitals;
        var folder = Path.Combine(root.Proc, pid.ToString(CultureInfo.InvariantCulture));
        return vitals with
        {
            Pid = pid,
            Descriptors = Try<long?>(() => Directory.EnumerateFileSystemEntries(Path.Combine(folder, "fd")).LongCount()),
            DescriptorLimit = Field(Path.Combine(folder, "limits"), "Max open files"),
            MemoryBytes = Field(Path.Combine(folder, "status"), "VmRSS:") * 1024,
        };
    }

    private EngineConnections? Connections() =>
        SocketFile.Identity(socketPath) is { Inode: not 0 } file ? EngineConnections.Of(UnixDiagnostics.Of(file)) : null;

    // Open descriptions, free ones, and the limit.
    private (long? Open, long? Limit) HostDescriptors()
    {
        var fields = Try(() => File.ReadAllText(Path.Combine(root.Proc, "sys/fs/file-nr")))
            ?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields is [var open, _, var limit] ? (Number(open), Number(limit)) : (null, null);
    }

    private static long? Field(string file, string name)
    {
        var line = Try(() => File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)));
        return line?[name.Length..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [var first, ..] ? Number(first) : null;
    }

    // "unlimited" is none.
    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static T? Try<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }
}
