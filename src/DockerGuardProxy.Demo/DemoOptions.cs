namespace DockerGuardProxy.Demo;

/// <summary>What the demo plays. The pace is that of days of a kubelet's retries, in seconds; it is the same for both halves.</summary>
internal sealed record DemoOptions
{
    /// <summary>Where the picture is written.</summary>
    public string Picture { get; init; } = "docker-guard-proxy-demo.svg";

    /// <summary>For a real engine: at a real engine's times, so that each half takes about a minute.</summary>
    public static DemoOptions Real { get; } = new()
    {
        Length = TimeSpan.FromSeconds(30),
        Pace = TimeSpan.FromMilliseconds(100),
        CallerPatience = TimeSpan.FromSeconds(20),
        GuardPatience = TimeSpan.FromSeconds(11),
    };

    /// <summary>Socket of a real engine; null for a simulated one.</summary>
    public string? Engine { get; init; }

    /// <summary>How long stops are asked for in each half.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(14);

    /// <summary>From one call to the next.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a caller waits before it gives up. Longer than <see cref="GuardPatience"/> and the time to the evidence.</summary>
    public TimeSpan CallerPatience { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>The call's <c>t</c>: SIGKILL is due so long after it.</summary>
    public int StopSeconds { get; init; } = 1;

    /// <summary>guard.patience; 11 s in real life.</summary>
    public TimeSpan GuardPatience { get; init; } = TimeSpan.FromSeconds(1);
}
