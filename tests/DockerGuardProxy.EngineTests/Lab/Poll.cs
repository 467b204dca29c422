using System.Diagnostics;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>Waiting for something that the machine does in its own time.</summary>
internal static class Poll
{
    /// <summary>Asks until it is so, at most <paramref name="limit"/>.</summary>
    /// <returns>How long it took; null if it did not become so.</returns>
    public static async Task<TimeSpan?> UntilAsync(Func<Task<bool>> condition, TimeSpan limit, int everyMs = 50)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            if (await condition())
                return clock.Elapsed;
            if (clock.Elapsed > limit)
                return null;
            await Task.Delay(everyMs);
        }
    }

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, TimeSpan, int)"/>
    public static Task<TimeSpan?> UntilAsync(Func<bool> condition, TimeSpan limit, int everyMs = 50) =>
        UntilAsync(() => Task.FromResult(condition()), limit, everyMs);
}
