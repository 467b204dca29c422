using System.Globalization;
using System.Text.Json.Nodes;

namespace DockerGuardProxy.Demo.Simulation;

/// <summary>A container as list and inspect show it (moby api/types, Container and ContainerJSON).</summary>
internal static class ContainerJson
{
    private const string NoTime = "0001-01-01T00:00:00Z";

    /// <summary>A line of the list.</summary>
    public static JsonObject Line(SimulatedContainer container) => new()
    {
        ["Id"] = container.Id,
        ["Names"] = new JsonArray(container.Name),
        ["Image"] = container.Spec.Image,
        ["ImageID"] = "",
        ["Command"] = "sh",
        ["Created"] = container.CreatedAt.ToUnixTimeSeconds(),
        ["Ports"] = new JsonArray(),
        ["Labels"] = Labels(container),
        ["State"] = container.State,
        ["Status"] = container.State,
        ["HostConfig"] = new JsonObject { ["NetworkMode"] = "default" },
        ["NetworkSettings"] = new JsonObject { ["Networks"] = new JsonObject() },
        ["Mounts"] = new JsonArray(),
    };

    /// <summary>What inspect tells.</summary>
    public static JsonObject Whole(SimulatedContainer container)
    {
        var run = container.Run;
        var config = new JsonObject { ["Image"] = container.Spec.Image, ["Labels"] = Labels(container), ["Tty"] = container.Spec.Writes };
        if (container.Spec.StopSignal is { } signal) config["StopSignal"] = signal;
        if (container.Spec.StopTimeout is { } timeout) config["StopTimeout"] = timeout;
        return new JsonObject
        {
            ["Id"] = container.Id,
            ["Created"] = Time(container.CreatedAt),
            ["Path"] = "sh",
            ["Args"] = new JsonArray(),
            ["State"] = new JsonObject
            {
                ["Status"] = container.State,
                ["Running"] = run is not null,
                ["Paused"] = container.IsPaused,
                ["Restarting"] = false,
                ["OOMKilled"] = false,
                ["Dead"] = false,
                ["Pid"] = run?.Pid ?? 0,
                ["ExitCode"] = run is null ? container.ExitCode : 0,
                ["Error"] = "",
                ["StartedAt"] = run is null ? NoTime : Time(run.StartedAt),
                ["FinishedAt"] = container.FinishedAt is { } finished ? Time(finished) : NoTime,
            },
            ["Image"] = container.Spec.Image,
            ["Name"] = container.Name,
            ["RestartCount"] = 0,
            ["HostConfig"] = new JsonObject { ["AutoRemove"] = container.Spec.AutoRemove, ["NetworkMode"] = "default" },
            ["Mounts"] = new JsonArray(),
            ["Config"] = config,
            ["NetworkSettings"] = new JsonObject { ["Networks"] = new JsonObject() },
        };
    }

    /// <summary>What top tells (moby api/types/container, TopResponse).</summary>
    public static JsonObject Top(SimulatedContainer container) => new()
    {
        ["Titles"] = new JsonArray("PID", "CMD"),
        ["Processes"] = new JsonArray(new JsonArray($"{container.Run?.Pid}", "sh")),
    };

    /// <summary>One sample of its statistics (moby api/types/container, StatsResponse), in which nothing is counted.</summary>
    public static JsonObject Stats(SimulatedContainer container, DateTimeOffset now) => new()
    {
        ["id"] = container.Id,
        ["name"] = container.Name,
        ["read"] = Time(now),
        ["pids_stats"] = new JsonObject(),
        ["cpu_stats"] = new JsonObject(),
        ["memory_stats"] = new JsonObject(),
    };

    private static JsonObject Labels(SimulatedContainer container)
    {
        var labels = new JsonObject();
        foreach (var (key, value) in container.Spec.Labels) labels[key] = value;
        return labels;
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
}
