using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DockerGuardProxy.Configuration;

/// <summary>Writes options in the form in which they are read, and compares them key by key.</summary>
internal static class ConfigurationJson
{
    /// <summary>The whole configuration, indented; policies show only what they set.</summary>
    public static byte[] Write(ProxyConfiguration configuration)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
            Tree(configuration).WriteTo(writer);
        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    /// <summary>Every setting that differs, in the order of the file.</summary>
    public static ImmutableArray<ConfigurationChange> Compare(ProxyConfiguration old, ProxyConfiguration @new)
    {
        var before = Settings(old);
        var after = Settings(@new);
        return
        [
            .. before.Keys.Union(after.Keys)
                .Select(key => new ConfigurationChange(key, before.GetValueOrDefault(key), after.GetValueOrDefault(key)))
                .Where(change => change.Old != change.New),
        ];
    }

    /// <summary>Every setting that has a value: keys with parts joined by dots, values in JSON (printable ASCII).</summary>
    public static OrderedDictionary<string, string> Settings(ProxyConfiguration configuration)
    {
        var settings = new OrderedDictionary<string, string>();
        Collect(Tree(configuration), "");
        return settings;

        void Collect(JsonObject section, string prefix)
        {
            foreach (var (name, node) in section)
            {
                if (node is JsonObject child)
                    Collect(child, $"{prefix}{name}.");
                else if (node is not null)
                    settings.Add(prefix + name, node.ToJsonString());
            }
        }
    }

    private static JsonObject Tree(ProxyConfiguration configuration) => new()
    {
        ["version"] = ProxyConfiguration.Version,
        ["listen"] = new JsonObject
        {
            ["path"] = configuration.Listen.Path,
            ["mode"] = "0" + Convert.ToString((int)configuration.Listen.Mode, 8).PadLeft(3, '0'),
            ["owner"] = configuration.Listen.Owner,
            ["group"] = configuration.Listen.Group,
        },
        ["engine"] = new JsonObject { ["path"] = configuration.Engine.Path, ["pidFile"] = configuration.Engine.PidFile },
        ["admin"] = new JsonObject { ["path"] = configuration.Admin.Path, ["metrics"] = configuration.Admin.Metrics },
        ["guard"] = Guard(configuration.Guard),
        ["telemetry"] = new JsonObject
        {
            ["otlp"] = new JsonObject
            {
                ["endpoint"] = configuration.Telemetry.OtlpEndpoint,
                ["protocol"] = configuration.Telemetry.OtlpProtocol == OtlpProtocol.Grpc ? "grpc" : "http/protobuf",
            },
            ["forwardedRatio"] = configuration.Telemetry.ForwardedRatio,
        },
        ["shutdown"] = new JsonObject { ["drain"] = Duration.Format(configuration.Shutdown.Drain) },
    };

    private static JsonObject Guard(GuardOptions guard)
    {
        var common = guard.Common;
        var section = Policy(new PolicyOverrides
        {
            Mode = common.Mode,
            Patience = common.Patience,
            MaxWait = common.MaxWait,
            RepeatHold = common.RepeatHold,
            MaxInFlight = common.MaxInFlight,
            MaxWaitingPerContainer = common.MaxWaitingPerContainer,
            MaxWaitingOnNode = common.MaxWaitingOnNode,
            Backoff = common.Backoff,
        });
        section["policies"] = new JsonObject
        {
            ["stop"] = Policy(guard.Stop),
            ["kill"] = Policy(guard.Kill),
            ["restart"] = Policy(guard.Restart),
            ["remove"] = Policy(guard.Remove),
        };
        return section;
    }

    private static JsonObject Policy(PolicyOverrides policy)
    {
        var section = new JsonObject();
        if (policy.Mode is { } mode)
            section["mode"] = mode.ToString().ToLowerInvariant();
        if (policy.Patience is { } patience)
            section["patience"] = Duration.Format(patience);
        if (policy.MaxWait is { } maxWait)
            section["maxWait"] = Duration.Format(maxWait);
        if (policy.RepeatHold is { } repeatHold)
            section["repeatHold"] = List(repeatHold);
        if (policy.MaxInFlight is { } maxInFlight)
            section["maxInFlight"] = maxInFlight;
        var waiting = new JsonObject();
        if (policy.MaxWaitingPerContainer is { } container)
            waiting["container"] = container;
        if (policy.MaxWaitingOnNode is { } node)
            waiting["node"] = node;
        if (waiting.Count > 0)
            section["maxWaiting"] = waiting;
        if (policy.Backoff is { } backoff)
            section["backoff"] = List(backoff);
        return section;
    }

    private static JsonArray List(ImmutableArray<TimeSpan> times) => [.. times.Select(t => (JsonNode)Duration.Format(t))];
}
