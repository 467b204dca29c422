using System.Text.Json.Nodes;

namespace DockerGuardProxy.Demo.Proxy;

/// <summary>The proxy's configuration file for the demo: the shipped settings with all times shortened.</summary>
internal static class ProxySettings
{
    /// <summary>Writes it.</summary>
    /// <exception cref="IOException">No space, or the like.</exception>
    /// <remarks>The pid file does not exist: the engine's pid does not matter here, and the default would name another engine's.</remarks>
    public static void Write(string path, DemoOptions options) => File.WriteAllText(path, new JsonObject
    {
        ["version"] = 1,
        ["listen"] = new JsonObject { ["mode"] = "0600", ["group"] = "" },
        ["engine"] = new JsonObject { ["pidFile"] = path + ".no-pid" },
        ["guard"] = new JsonObject
        {
            ["mode"] = "enforce",
            ["patience"] = Milliseconds(options.GuardPatience),
            ["maxWait"] = "30s",
            ["repeatHold"] = new JsonArray("250ms", "500ms", "1s"),
            ["backoff"] = new JsonArray("30s", "1m"),
            ["policies"] = new JsonObject
            {
                ["lock"] = new JsonObject { ["slow"] = Milliseconds(options.LockSlow) },
                ["streams"] = new JsonObject { ["stall"] = Milliseconds(options.StreamStall), ["ended"] = Milliseconds(options.StreamEnded) },
            },
        },
        ["shutdown"] = new JsonObject { ["drain"] = "500ms" },
    }.ToJsonString());

    private static string Milliseconds(TimeSpan time) => $"{time.TotalMilliseconds}ms";
}
