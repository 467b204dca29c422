using System.Text.Json.Serialization;

namespace DockerGuardProxy.Engine;

/// <summary>Whom an event is about. The attributes are the container's labels, overlaid by what the event adds.</summary>
internal sealed record EngineActor
{
    [JsonPropertyName("ID")]
    public string? Id { get; init; }

    [JsonPropertyName("Attributes")]
    public Dictionary<string, string>? Attributes { get; init; }
}
