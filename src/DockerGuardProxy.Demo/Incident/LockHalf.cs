namespace DockerGuardProxy.Demo.Incident;

/// <summary>What one side of the lock's scenario came to.</summary>
internal sealed record LockHalf
{
    /// <summary>How it was played: <c>direct</c> or <c>guarded</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Calls of the container whose lock hangs.</summary>
    public required int Asked { get; init; }

    /// <summary>Of those, the ones that reached the engine.</summary>
    public required int Reached { get; init; }

    /// <summary>The engine before.</summary>
    public required Sample Before { get; init; }

    /// <summary>The engine when all callers have gone, but the one who waits to the end.</summary>
    public required Sample Last { get; init; }

    /// <summary>Goroutines that the callers have left behind.</summary>
    public int Goroutines => Last.Goroutines - Before.Goroutines;

    /// <summary>Descriptors, of connections, that they have left behind.</summary>
    public int Descriptors => Last.Connections - Before.Connections;

    /// <summary>How long inspect and top of another container took together in the middle of it; null if no answer came.</summary>
    public required TimeSpan? Other { get; init; }

    /// <summary>How long a list of the containers took in the middle of it; null if no answer came.</summary>
    public required TimeSpan? List { get; init; }

    /// <summary>From the lock's release to the answer to the one who waited; null if none came.</summary>
    public required TimeSpan? Patient { get; init; }

    /// <summary>From the lock's release until the engine had none of these calls left; null if it had some at the limit.</summary>
    public required TimeSpan? Recovery { get; init; }

    /// <summary>What <c>docker-guard-proxy status</c> showed meanwhile; empty without one.</summary>
    public required string Status { get; init; }
}
