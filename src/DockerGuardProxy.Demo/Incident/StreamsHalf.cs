namespace DockerGuardProxy.Demo.Incident;

/// <summary>What one side of the streams' scenario came to.</summary>
internal sealed record StreamsHalf
{
    /// <summary>How it was played: <c>direct</c> or <c>guarded</c>.</summary>
    public required string Name { get; init; }

    /// <summary>How long the container's end was waited for.</summary>
    public required TimeSpan Watched { get; init; }

    /// <summary>From the kill until the engine told of the container's end, while its client did not read; null if that did not come.</summary>
    public required TimeSpan? Died { get; init; }

    /// <summary>From the kill to its answer; null if none came meanwhile.</summary>
    public required TimeSpan? Killed { get; init; }

    /// <summary>How long an inspect took then; null if no answer came.</summary>
    public required TimeSpan? Inspect { get; init; }

    /// <summary>The last number that the client had when it read on to the end of its stream; null where the container had not ended.</summary>
    public required long? LastNumber { get; init; }

    /// <summary>From the end of the client until the engine told of the container's end; null if it had done so before.</summary>
    public required TimeSpan? Cured { get; init; }

    /// <summary>What <c>docker-guard-proxy status</c> showed meanwhile; empty without one.</summary>
    public required string Status { get; init; }
}
