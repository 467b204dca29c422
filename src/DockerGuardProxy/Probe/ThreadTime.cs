using System.Runtime.InteropServices;

namespace DockerGuardProxy.Probe;

/// <summary>CPU time of the present thread, which .NET does not tell; clock_gettime(2).</summary>
internal static partial class ThreadTime
{
    private const int ClockThreadCpuTime = 3;

    /// <summary>Since the thread began; zero if the kernel does not tell.</summary>
    public static TimeSpan Read() =>
        GetTime(ClockThreadCpuTime, out var time) == 0 ? TimeSpan.FromSeconds(time.Seconds) + new TimeSpan(time.Nanoseconds / 100) : TimeSpan.Zero;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec time);

    // struct timespec on 64 bits.
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
