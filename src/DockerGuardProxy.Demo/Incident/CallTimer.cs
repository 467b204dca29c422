namespace DockerGuardProxy.Demo.Incident;

/// <summary>A caller who wants to know how long a call takes, and waits only so long for its answer.</summary>
/// <param name="patience">How long.</param>
/// <param name="time">Clock.</param>
internal sealed class CallTimer(TimeSpan patience, TimeProvider time)
{
    /// <summary>How long a call takes; null if it is not answered as long as the caller waits.</summary>
    public async Task<TimeSpan?> TakenAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var begin = time.GetTimestamp();
        try
        {
            await call(either.Token);
            return time.GetElapsedTime(begin);
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }
}
