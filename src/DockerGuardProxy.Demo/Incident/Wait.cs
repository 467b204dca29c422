namespace DockerGuardProxy.Demo.Incident;

/// <summary>Waits for what the other side of a socket is about to do.</summary>
internal static class Wait
{
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(10);

    /// <summary>How long it takes until something is so; null if it is not so within the limit.</summary>
    public static Task<TimeSpan?> UntilAsync(Func<bool> isSo, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken) =>
        UntilAsync(() => Task.FromResult(isSo()), limit, time, cancellationToken);

    /// <inheritdoc cref="UntilAsync(Func{bool}, TimeSpan, TimeProvider, CancellationToken)"/>
    public static async Task<TimeSpan?> UntilAsync(
        Func<Task<bool>> isSo, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        for (; !await isSo(); await Task.Delay(Gap, time, cancellationToken))
        {
            if (time.GetElapsedTime(begin) > limit) return null;
        }

        return time.GetElapsedTime(begin);
    }
}
