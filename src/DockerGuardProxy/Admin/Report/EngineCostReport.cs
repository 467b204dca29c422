namespace DockerGuardProxy.Admin.Report;

/// <summary>
/// What calls cost an engine that never answers them: an estimate, by what dockerd 20.10.5 was measured to keep for each stop, kill or restart of a
/// container that cannot be ended, one connection and two goroutines.
/// </summary>
/// <param name="Connections">Connections, and with each a descriptor.</param>
/// <param name="Goroutines">Goroutines.</param>
internal sealed record EngineCostReport(long Connections, long Goroutines)
{
    /// <summary>The cost of so many calls.</summary>
    public static EngineCostReport Of(long calls) => new(calls, 2 * calls);
}
