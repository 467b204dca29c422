using System.Diagnostics;

namespace DockerGuardProxy.Campaign;

/// <summary>The campaign's time: monotonic, since its start. Everything that is compared was read from here.</summary>
internal static class Clock
{
    private static readonly Stopwatch Watch = Stopwatch.StartNew();

    /// <summary>Now.</summary>
    public static TimeSpan Now => Watch.Elapsed;
}
