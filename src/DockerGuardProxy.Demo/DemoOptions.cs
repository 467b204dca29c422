namespace DockerGuardProxy.Demo;

/// <summary>What the demo plays. The pace is that of days of a kubelet's retries, in seconds; it is the same for both halves.</summary>
internal sealed record DemoOptions
{
    /// <summary>The only scenario that is played; null for all.</summary>
    public Scenario? Only { get; init; }

    /// <summary>Where the picture is written.</summary>
    public string Picture { get; init; } = "docker-guard-proxy-demo.svg";

    /// <summary>For a real engine, on which one scenario alone is played: at a real engine's times, so that each half takes up to a minute.</summary>
    public static DemoOptions Real { get; } = new()
    {
        Only = Scenario.Stop,
        Length = TimeSpan.FromSeconds(30),
        Pace = TimeSpan.FromMilliseconds(100),
        CallerPatience = TimeSpan.FromSeconds(20),
        GuardPatience = TimeSpan.FromSeconds(11),
        LookLength = TimeSpan.FromSeconds(15),
        LookPace = TimeSpan.FromMilliseconds(50),
        LookPatience = TimeSpan.FromSeconds(3),
        LockSlow = TimeSpan.FromSeconds(2),
        StreamStall = TimeSpan.FromSeconds(10),
        StreamEnded = TimeSpan.FromSeconds(5),
        UnreadWatched = TimeSpan.FromSeconds(20),
    };

    /// <summary>Socket of a real engine; null for a simulated one.</summary>
    public string? Engine { get; init; }

    /// <summary>How long stops are asked for in each half.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From one stop to the next.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a caller waits before it gives up. Longer than <see cref="GuardPatience"/> and the time to the evidence.</summary>
    public TimeSpan CallerPatience { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>The call's <c>t</c>: SIGKILL is due so long after it.</summary>
    public int StopSeconds { get; init; } = 1;

    /// <summary>guard.patience; 11 s in real life.</summary>
    public TimeSpan GuardPatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a container whose lock hangs is looked at on each side.</summary>
    public TimeSpan LookLength { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>From one look to the next.</summary>
    public TimeSpan LookPace { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>How long a caller waits before it gives up a look; two minutes for a kubelet.</summary>
    public TimeSpan LookPatience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>guard.policies.lock.slow; 2 s in real life.</summary>
    public TimeSpan LockSlow { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>guard.policies.streams.stall; 10 s in real life.</summary>
    public TimeSpan StreamStall { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>guard.policies.streams.ended; 5 s in real life.</summary>
    public TimeSpan StreamEnded { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the end of a container whose client does not read is waited for directly, where it does not come.</summary>
    public TimeSpan UnreadWatched { get; init; } = TimeSpan.FromSeconds(8);
}
