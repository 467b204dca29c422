using System.Collections.Immutable;

namespace DockerGuardProxy.Demo.Incident;

/// <summary>What one half of the demo came to.</summary>
internal sealed record StopHalf
{
    /// <summary>How it was played: <c>direct</c> or <c>guarded</c>.</summary>
    public required string Name { get; init; }

    public required ImmutableArray<Sample> Samples { get; init; }

    /// <summary>Most calls that the engine had open at once.</summary>
    public int Worst => Samples.Max(static sample => sample.Open);

    /// <summary>The engine just before the thaw, all callers gone.</summary>
    public required Sample Last { get; init; }

    /// <summary>Stops that callers asked for.</summary>
    public required int Asked { get; init; }

    /// <summary>Stops of the stuck container that the engine saw.</summary>
    public required long Reached { get; init; }

    public required Answers Answers { get; init; }

    /// <summary>How long the stop of a healthy container took in the middle of it; null if no answer came.</summary>
    public required TimeSpan? OtherStop { get; init; }

    /// <summary>How long a list of the containers took in the middle of it; null if no answer came.</summary>
    public required TimeSpan? List { get; init; }

    /// <summary>The proxy's resident memory in bytes; null without a proxy.</summary>
    public required long? ProxyMemory { get; init; }

    /// <summary>When the file system came back.</summary>
    public required TimeSpan ThawAt { get; init; }

    /// <summary>From the thaw until the engine had no waiting call left; null if it had some at the limit.</summary>
    public required TimeSpan? Recovery { get; init; }

    /// <summary>What <c>docker-guard-proxy status</c> showed while the container was stuck; empty without one.</summary>
    public required string Status { get; init; }
}
