namespace DockerGuardProxy.Demo.Incident;

/// <summary>The engine that a container's lock hangs in, with its two containers running.</summary>
internal interface ILockedEngine
{
    /// <summary>Name or id of the container whose lock hangs.</summary>
    public string Locked { get; }

    /// <summary>Name or id of another one.</summary>
    public string Other { get; }

    /// <summary>The shim of that container answers no more: whoever asks it waits, and with him whoever wants the lock that he holds.</summary>
    public Task StopShimAsync(CancellationToken cancellationToken);

    /// <summary>Waits until a pause that was asked for waits for the shim.</summary>
    public Task PausesAsync(CancellationToken cancellationToken);

    /// <summary>The shim goes on.</summary>
    public void ContinueShim();

    /// <summary>The engine now.</summary>
    public Task<Sample> TakeAsync(TimeSpan at, CancellationToken cancellationToken);

    /// <summary>Of the looks, none of which was answered, those that have reached the engine between two samples.</summary>
    public int Reached(Sample before, Sample sample);

    /// <summary>Whether a sample shows none of the calls open any more that have come since another.</summary>
    public bool IsFree(Sample before, Sample sample);
}
