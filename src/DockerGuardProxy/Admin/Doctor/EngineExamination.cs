namespace DockerGuardProxy.Admin.Doctor;

/// <summary>What the engine says, and what the kernel says of it. What could not be read is null.</summary>
internal sealed record EngineExamination
{
    /// <summary>Its socket.</summary>
    public string Path { get; init; } = "";

    /// <summary>Why it does not answer; null if it does.</summary>
    public string? Error { get; init; }

    /// <summary>Its version.</summary>
    public string? Version { get; init; }

    /// <summary>The file that should name its process; empty where none is configured.</summary>
    public string PidFile { get; init; } = "";

    /// <summary>The process that the file names, if it is there.</summary>
    public SeenProcess? Process { get; init; }

    /// <summary>The containers that it says are running.</summary>
    public IReadOnlyList<SeenContainer>? Running { get; init; }

    /// <summary>It serves its profiles: it runs in debug mode.</summary>
    public bool? IsDebug { get; init; }

    /// <summary>Goroutines that wait in <c>Daemon.Kill</c> or <c>containerStop</c>: one for each call that does not end.</summary>
    public long? WaitingGoroutines { get; init; }

    /// <summary>Who is connected to its socket, the proxy and this command included; null where the kernel does not tell.</summary>
    public IReadOnlyList<SeenProcess>? Clients { get; init; }

    /// <summary>Connections whose other end was not found in any process.</summary>
    public int UnseenClients { get; init; }

    /// <summary>Connections that it kept for a second or more without a client.</summary>
    public int? Peerless { get; init; }
}
