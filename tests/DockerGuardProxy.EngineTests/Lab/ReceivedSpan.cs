using System.Text.Json;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>A span as a receiver has it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Trace">The id of its trace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Attributes">Its attributes, as text.</param>
/// <param name="Links">The ids of the spans that it links to.</param>
internal sealed record ReceivedSpan(string Id, string Trace, string Name, IReadOnlyDictionary<string, string> Attributes, IReadOnlyList<string> Links)
{
    /// <summary>An attribute; empty if it has none of the key.</summary>
    public string this[string key] => Attributes.GetValueOrDefault(key, "");

    /// <summary>Reads OTLP's JSON form.</summary>
    public static ReceivedSpan Read(JsonElement span) => new(
        span.GetProperty("spanId").GetString()!,
        span.GetProperty("traceId").GetString()!,
        span.GetProperty("name").GetString()!,
        AspireDashboard.Items(span, "attributes").ToDictionary(
            attribute => attribute.GetProperty("key").GetString()!,
            attribute => attribute.GetProperty("value").EnumerateObject().First().Value.ToString()),
        [.. AspireDashboard.Items(span, "links").Select(link => link.GetProperty("spanId").GetString()!)]);
}
