using System.Text.Json.Serialization;

namespace DockerGuardProxy.Engine;

/// <summary>An event of the engine's stream (moby <c>events.Message</c>), as much as the index takes from it.</summary>
internal sealed record EngineEvent
{
    [JsonPropertyName("Type")]
    public string? Type { get; init; }

    [JsonPropertyName("Action")]
    public string? Action { get; init; }

    [JsonPropertyName("Actor")]
    public EngineActor? Actor { get; init; }

    /// <summary>The engine's wall clock, nanoseconds since 1970.</summary>
    [JsonPropertyName("timeNano")]
    public long TimeNano { get; init; }

    /// <summary>The container's own name with its slash, or null.</summary>
    internal string? OwnName => Attribute("name") is { Length: > 0 } name ? "/" + name : null;

    /// <summary><see cref="TimeNano"/> as a time, to 100 ns.</summary>
    internal DateTimeOffset Time => DateTimeOffset.UnixEpoch.AddTicks(TimeNano / TimeSpan.NanosecondsPerTick);

    /// <summary>
    /// The container is a swarm's task, which an agent inside the engine stops and removes by no call (moby
    /// <c>daemon/cluster/executor</c>).
    /// </summary>
    internal bool IsOfSwarm => Attribute("com.docker.swarm.task.id") is not null;

    internal string? Attribute(string key) => Actor?.Attributes?.GetValueOrDefault(key);
}

/// <summary>Whom an event is about. The attributes are the container's labels, overlaid by what the event adds.</summary>
internal sealed record EngineActor
{
    [JsonPropertyName("ID")]
    public string? Id { get; init; }

    [JsonPropertyName("Attributes")]
    public Dictionary<string, string>? Attributes { get; init; }
}
