namespace DockerGuardProxy.Admin.Report;

/// <summary>The answer of <c>GET /v1/status</c>. Strings are as containers and callers chose them, not escaped.</summary>
/// <param name="Version">Of this format: keys may be added without a new number, not taken away or given another meaning.</param>
/// <param name="Time">When it was taken, in UTC.</param>
/// <param name="Proxy">The process.</param>
/// <param name="Configuration">What is in force.</param>
/// <param name="Engine">What is known of the engine.</param>
/// <param name="Calls">Terminating calls of all containers.</param>
/// <param name="Faults">How often the guard failed open since the start.</param>
/// <param name="LostProbeThreads">Threads that hang in a read of /proc; with two of them there is no evidence any more.</param>
/// <param name="StuckContainers">How many containers are stuck.</param>
/// <param name="Containers">
/// The containers about which the guard keeps something, by name; at most <see cref="MaxContainers"/>, and then first those stuck for longest.
/// </param>
/// <param name="PileUp">Open calls that are watched and not guarded, the oldest first; at most <see cref="MaxPileUp"/>.</param>
/// <param name="MoreContainers">How many containers there are beside <paramref name="Containers"/>.</param>
internal sealed record StatusReport(
    int Version,
    DateTimeOffset Time,
    ProxyReport Proxy,
    ConfigurationReport Configuration,
    EngineReport Engine,
    CallsReport Calls,
    long Faults,
    int LostProbeThreads,
    int StuckContainers,
    IReadOnlyList<ContainerReport> Containers,
    IReadOnlyList<OpenCallsReport>? PileUp = null,
    int MoreContainers = 0)
{
    /// <summary>The format that this program writes and reads.</summary>
    public const int FormatVersion = 1;

    /// <summary>More than a node runs, as a rule.</summary>
    public const int MaxContainers = 512;

    /// <summary>What lasts longest comes first, and the rest is seen in metrics.</summary>
    public const int MaxPileUp = 50;
}
