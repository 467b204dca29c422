using System.Globalization;
using System.Text;
using DockerGuardProxy.Files;

namespace DockerGuardProxy.Engine;

/// <summary>
/// By the engine's pid file: SO_PEERCRED on its socket names who called listen(), which is pid 1 under docker.socket.
/// </summary>
/// <param name="pidFile">dockerd's <c>--pidfile</c>; empty for none.</param>
/// <param name="procfs">Usually <c>/proc</c>; must show the same pid namespace as the pid file.</param>
internal sealed class PidFileIdentity(string pidFile, string procfs) : IEngineIdentity
{
    public EngineInstance? Read()
    {
        if (pidFile.Length == 0)
            return null;
        if (SmallFile.Read(pidFile).Bytes is not { } bytes
            || !int.TryParse(Encoding.UTF8.GetString(bytes).AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
        {
            return null;
        }

        return StartTimeOf(pid, procfs) is { } start ? new EngineInstance(pid, start) : null;
    }

    /// <summary>When a process began, in clock ticks since boot; null for none, and where it can't be read.</summary>
    internal static long? StartTimeOf(int pid, string procfs)
    {
        try
        {
            return StartTime(File.ReadAllText(Path.Combine(procfs, pid.ToString(CultureInfo.InvariantCulture), "stat")));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Field 22 of proc(5) stat, counted from behind the command, which may hold spaces and parentheses itself.</summary>
    internal static long? StartTime(string stat)
    {
        var end = stat.LastIndexOf(')');
        if (end < 0)
            return null;
        var fields = stat[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 19 && long.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
            ? start
            : null;
    }
}
