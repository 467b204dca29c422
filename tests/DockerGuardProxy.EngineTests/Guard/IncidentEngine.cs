using System.Globalization;
using System.Text.Json;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>What an incident costs an engine, and what the engine saw of it.</summary>
internal static class IncidentEngine
{
    private static readonly string[] Handlers = ["postContainersStop", "postContainersKill", "postContainersRestart", "deleteContainers"];

    /// <summary>Terminating calls that the engine has not answered yet, by the handlers among its goroutines.</summary>
    public static async Task<int> OpenCallsAsync(this Dockerd engine, params string[] handlers)
    {
        var dump = await engine.GoroutineDumpAsync();
        return dump.Split("\n\n").Count(stack => (handlers.Length > 0 ? handlers : Handlers)
            .Any(handler => stack.Contains($").{handler}(", StringComparison.Ordinal)));
    }

    /// <summary>Calls that reached the engine, by its debug log, whose line has both texts.</summary>
    public static int CallsSeen(this Dockerd engine, string reference, string what)
    {
        using var log = new StreamReader(new FileStream(engine.Daemon.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var count = 0;
        while (log.ReadLine() is { } line)
        {
            var start = line.IndexOf("Calling ", StringComparison.Ordinal);
            if (start >= 0 && line.AsSpan(start).Contains(reference, StringComparison.Ordinal)
                && line.AsSpan(start).Contains(what, StringComparison.Ordinal))
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>The least of some counts: what others do for a moment is left out.</summary>
    public static async Task<(int Goroutines, int Descriptors)> QuietAsync(this Dockerd engine)
    {
        var (goroutines, descriptors) = (int.MaxValue, int.MaxValue);
        for (var i = 0; i < 8; i++)
        {
            goroutines = Math.Min(goroutines, await engine.GoroutinesAsync());
            descriptors = Math.Min(descriptors, engine.Descriptors());
            await Task.Delay(250);
        }

        return (goroutines, descriptors);
    }

    /// <summary>What calls cost that nobody answers, once the engine has come to all of them: on a busy machine it does so late.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="handler">The function that serves them.</param>
    /// <param name="count">How many there are, with those that were there before.</param>
    public static async Task<(int Goroutines, int Descriptors)> QuietWithAsync(this Dockerd engine, string handler, int count)
    {
        var took = await Poll.UntilAsync(async () => await engine.OpenCallsAsync(handler) >= count, TimeSpan.FromSeconds(60), 250);
        Assert.True(took is not null, await engine.GoroutineDumpAsync());
        return await engine.QuietAsync();
    }

    /// <summary>Waits until no more than these are left over the baseline.</summary>
    /// <returns>How long it took; null if it did not come to that.</returns>
    public static Task<TimeSpan?> BackAsync(
        this Dockerd engine, (int Goroutines, int Descriptors) baseline, int goroutines = 8, int descriptors = 4) =>
        Poll.UntilAsync(
            async () =>
                engine.Descriptors() <= baseline.Descriptors + descriptors && await engine.GoroutinesAsync() <= baseline.Goroutines + goroutines,
            TimeSpan.FromSeconds(60), 100);

    /// <summary>Events of a kind about a container since a time of <see cref="Now"/>.</summary>
    public static async Task<int> EventsAsync(this Dockerd engine, string id, string kind, string since)
    {
        var filters = JsonSerializer.Serialize(new Dictionary<string, string[]> { ["container"] = [id], ["event"] = [kind] });
        var lines = await engine.Api.GetTextAsync($"/events?since={since}&until={Now()}&filters={Uri.EscapeDataString(filters)}");
        return lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;
    }

    /// <summary>The present time as the engine's events take it.</summary>
    public static string Now() => (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000m).ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>State and begin of a container.</summary>
    public static async Task<(bool IsRunning, string StartedAt)> StateAsync(this Dockerd engine, string reference)
    {
        var state = (await engine.Api.GetAsync($"/containers/{reference}/json")).GetProperty("State");
        return (state.GetProperty("Running").GetBoolean(), state.GetProperty("StartedAt").GetString()!);
    }
}
