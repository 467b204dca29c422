using System.Collections.Immutable;

namespace DockerGuardProxy.State;

/// <summary>How the daemon's processes of this boot began and ended.</summary>
/// <param name="Boot">The kernel's boot_id (random(4)).</param>
/// <param name="Pid">The process that began last; 0 once it has ended in order.</param>
/// <param name="StartTime">Its start in clock ticks since boot (proc_pid_stat(5)).</param>
/// <param name="Crashes">When ends without order were found, counted from boot, oldest first; as many as count.</param>
internal sealed record StartRecord(string Boot, int Pid, long StartTime, ImmutableArray<TimeSpan> Crashes)
{
    /// <summary>Crashes within <see cref="Window"/> after which the guard is held back.</summary>
    public const int TooMany = 3;

    /// <summary>Older crashes are forgotten.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>True after too many crashes.</summary>
    public bool IsCrashLoop => Crashes.Length >= TooMany;

    /// <summary>A process begins. The one before has crashed if it has left its pid.</summary>
    /// <param name="before">What was found; null for nothing of use.</param>
    /// <param name="boot">The present boot.</param>
    /// <param name="pid">The process that begins.</param>
    /// <param name="startTime">Its start.</param>
    /// <param name="now">Counted from boot.</param>
    public static StartRecord Begin(StartRecord? before, string boot, int pid, long startTime, TimeSpan now)
    {
        if (before is null || before.Boot != boot || before.Crashes.IsDefault)
            return new StartRecord(boot, pid, startTime, []);
        var crashes = before.Pid == 0 ? before.Crashes : before.Crashes.Add(now);
        return new StartRecord(boot, pid, startTime, [.. crashes.Where(crash => crash <= now && now - crash <= Window).TakeLast(TooMany)]);
    }

    /// <summary>The process ends in order.</summary>
    public StartRecord End() => this with { Pid = 0, StartTime = 0 };
}
