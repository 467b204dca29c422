namespace DockerGuardProxy.Demo.Incident;

/// <summary>Waits for what the other side of a socket is about to do.</summary>
internal static class Wait
{
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(10);

    /// <summary>How long it takes until something is so; null if it is not so within the limit.</summary>
    public static async Task<TimeSpan?> UntilAsync(Func<bool> isSo, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        for (; !isSo(); await Task.Delay(Gap, time, cancellationToken))
        {
            if (time.GetElapsedTime(begin) > limit) return null;
        }

        return time.GetElapsedTime(begin);
    }
}
