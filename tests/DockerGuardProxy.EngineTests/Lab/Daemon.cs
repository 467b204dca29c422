using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>A child process whose output goes to a file, in a session of its own.</summary>
internal sealed partial class Daemon : IDisposable
{
    private readonly Process _process;

    private Daemon(Process process, string log)
    {
        _process = process;
        Log = log;
    }

    /// <summary>File with its standard output and error.</summary>
    public string Log { get; }

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Starts <paramref name="command"/>.</summary>
    public static Daemon Start(string log, IEnumerable<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        // The shell is replaced twice, so the process id is the program's own.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec >>\"$0\" 2>&1 </dev/null; exec setsid \"$@\"");
        start.ArgumentList.Add(log);
        foreach (var argument in command)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new Daemon(Process.Start(start)!, log);
    }

    /// <summary>Open descriptors.</summary>
    public int Descriptors() => Directory.GetFileSystemEntries($"/proc/{Pid}/fd").Length;

    /// <summary>Open descriptors that are sockets.</summary>
    public int Sockets() => Directory.GetFileSystemEntries($"/proc/{Pid}/fd")
        .Count(fd => new FileInfo(fd).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);

    /// <summary>Threads.</summary>
    public int Threads() => Directory.GetDirectories($"/proc/{Pid}/task").Length;

    /// <summary>Resident memory in bytes.</summary>
    public long Rss() => Status("VmRSS:");

    /// <summary>The most resident memory there ever was, in bytes.</summary>
    public long PeakRss() => Status("VmHWM:");

    /// <summary>Sends a signal (<c>15</c> is SIGTERM).</summary>
    public void Signal(int signal)
    {
        if (!HasExited)
            _ = Kill(Pid, signal);
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code; null if it still runs.</returns>
    public async Task<int?> WaitAsync(TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>The end of its log, for the message of a failed test.</summary>
    public string Tail(int lines = 40) => File.Exists(Log) ? string.Join('\n', File.ReadLines(Log).TakeLast(lines)) : "";

    public void Dispose() => _process.Dispose();

    private long Status(string key)
    {
        var line = File.ReadLines($"/proc/{Pid}/status").First(l => l.StartsWith(key, StringComparison.Ordinal));
        return 1024 * long.Parse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
