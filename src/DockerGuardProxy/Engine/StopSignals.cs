namespace DockerGuardProxy.Engine;

/// <summary>Brings a container's StopSignal into the form that calls use.</summary>
internal static class StopSignals
{
    /// <summary>What dockerd sends when neither the container nor its image says (moby <c>container.defaultStopSignal</c>).</summary>
    public const string Default = "TERM";

    /// <summary>Upper case, without <c>SIG</c>. Numbers and names are not mapped onto each other.</summary>
    public static string Normalise(string signal)
    {
        var upper = signal.ToUpperInvariant();
        return upper.StartsWith("SIG", StringComparison.Ordinal) ? upper[3..] : upper;
    }
}
