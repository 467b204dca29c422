using System.Globalization;

namespace DockerGuardProxy.Admin.Doctor;

/// <summary>Go's own text of its goroutines, those with equal stacks as one (<c>/debug/pprof/goroutine?debug=1</c>).</summary>
internal static class GoroutineProfile
{
    /// <summary>Where a call on a container that does not end stays (moby <c>daemon/kill.go</c>, <c>daemon/stop.go</c>).</summary>
    private static readonly string[] Places = ["daemon.(*Daemon).Kill+", "daemon.(*Daemon).containerStop+"];

    /// <summary>How many goroutines wait there; null where it is no such text.</summary>
    public static long? Waiting(string profile)
    {
        if (!profile.StartsWith("goroutine profile:", StringComparison.Ordinal))
            return null;
        long waiting = 0;
        foreach (var stack in profile.Split("\n\n"))
        {
            if (!Places.Any(place => stack.Contains(place, StringComparison.Ordinal)))
                continue;

            // The first stack stands right below the head.
            var line = stack.Split('\n').FirstOrDefault(line => line.Contains(" @ ", StringComparison.Ordinal)) ?? "";
            if (long.TryParse(
                line.AsSpan(0, Math.Max(0, line.IndexOf(' ', StringComparison.Ordinal))),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var count))
            {
                waiting += count;
            }
        }

        return waiting;
    }
}
