using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DockerGuardProxy.Configuration;

/// <summary>Writes options in the form in which they are read, and compares them key by key.</summary>
internal static class ConfigurationJson
{
    /// <summary>The whole configuration, indented; policies show only what they set.</summary>
    /// <param name="configuration">What is written.</param>
    /// <param name="withSecrets">Whether it is for this program itself, and not to be shown.</param>
    public static byte[] Write(ProxyConfiguration configuration, bool withSecrets = true)
    {
        var root = new JsonObject();
        foreach (var setting in Settings.All)
        {
            if ((withSecrets ? setting.Write(configuration) : setting.Show(configuration)) is { } node)
                Place(root, setting.Key.Split('.'), node);
        }

        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
            root.WriteTo(writer);
        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    /// <summary>Every setting that differs, in the order of the file; what is shown has no secrets.</summary>
    public static ImmutableArray<ConfigurationChange> Compare(ProxyConfiguration old, ProxyConfiguration @new) =>
    [
        .. Settings.All
            .Where(setting => setting.Write(old)?.ToJsonString() != setting.Write(@new)?.ToJsonString())
            .Select(setting => new ConfigurationChange(
                setting.Key, setting.Show(old)?.ToJsonString(), setting.Show(@new)?.ToJsonString(), setting.NeedsRestart)),
    ];

    // A policy's section within (maxWaiting) is there as soon as anything in it is.
    private static void Place(JsonObject section, ReadOnlySpan<string> key, JsonNode node)
    {
        for (; key.Length > 1; key = key[1..])
        {
            if (section[key[0]] is not JsonObject below)
                section[key[0]] = below = [];
            section = below;
        }

        section[key[0]] = node;
    }
}
