using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace DockerGuardProxy.Demo.Simulation;

/// <summary>An event (moby api/types/events, Message).</summary>
internal sealed class ContainerEvent(
    SimulatedContainer container, string action, ImmutableArray<(string Key, string Value)> attributes, DateTimeOffset at)
{
    // The name may change afterwards.
    private readonly string _name = container.Name[1..];

    public string Id => container.Id;

    public string Action => action;

    public DateTimeOffset At => at;

    /// <summary>The action and what belongs to it: <c>kill 9</c>.</summary>
    public override string ToString() => string.Join(' ', [action, .. attributes.Select(static attribute => attribute.Value)]);

    /// <summary>In the engine's form, on one line.</summary>
    public string ToJson()
    {
        var all = new JsonObject();
        foreach (var (key, value) in container.Spec.Labels) all[key] = value;
        foreach (var (key, value) in attributes) all[key] = value;
        all["image"] = container.Spec.Image;
        all["name"] = _name;
        return new JsonObject
        {
            ["status"] = action,
            ["id"] = Id,
            ["from"] = container.Spec.Image,
            ["Type"] = "container",
            [nameof(Action)] = action,
            ["Actor"] = new JsonObject { ["ID"] = Id, ["Attributes"] = all },
            ["scope"] = "local",
            ["time"] = at.ToUnixTimeSeconds(),
            ["timeNano"] = long.Parse($"{(at - DateTimeOffset.UnixEpoch).Ticks}00", CultureInfo.InvariantCulture),
        }.ToJsonString();
    }
}
