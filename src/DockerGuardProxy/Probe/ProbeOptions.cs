namespace DockerGuardProxy.Probe;

/// <summary>How a <see cref="Prober"/> works.</summary>
internal sealed record ProbeOptions
{
    /// <summary>Where /proc is (<c>--procfs</c>).</summary>
    public ProcRoot Root { get; init; } = new();

    /// <summary>Time from the end of the first sample to the second. A task that does anything at all has switched by then.</summary>
    public TimeSpan Gap { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long one pass over /proc may take before its thread counts as lost. Usual are tens of milliseconds.</summary>
    public TimeSpan ScanTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Tells the CPU time of the present thread: what a look costs.</summary>
    public Func<TimeSpan> ThreadTime { get; init; } = Probe.ThreadTime.Read;

    /// <summary>How long what was seen of a run is kept after the last time somebody asked.</summary>
    public TimeSpan MemoryAge { get; init; } = TimeSpan.FromHours(1);
}
