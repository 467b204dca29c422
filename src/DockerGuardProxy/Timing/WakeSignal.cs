namespace DockerGuardProxy.Timing;

/// <summary>Wakes one sleeper. Given while it is awake, it wakes it once more when it next sleeps; given twice, it counts once.</summary>
internal sealed class WakeSignal : IDisposable
{
    private readonly SemaphoreSlim _given = new(0, 1);

    /// <summary>Gives it; never waits.</summary>
    public void Give()
    {
        try
        {
            _given.Release();
        }
        catch (SemaphoreFullException)
        {
            // The sleeper is awake, or about to be.
        }
    }

    /// <summary>Sleeps until it is given.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _given.WaitAsync(cancellationToken);

    public void Dispose() => _given.Dispose();
}
