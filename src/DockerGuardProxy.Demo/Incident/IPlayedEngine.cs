namespace DockerGuardProxy.Demo.Incident;

/// <summary>The engine that an incident is played on, with its two containers running.</summary>
internal interface IPlayedEngine
{
    /// <summary>Name or id of the container that gets stuck.</summary>
    public string Stuck { get; }

    /// <summary>Name or id of another one.</summary>
    public string Healthy { get; }

    /// <summary>Stops of the stuck container that have reached the engine.</summary>
    public long Reached { get; }

    /// <summary>The stuck container's file system stops answering.</summary>
    public Task FreezeAsync(CancellationToken cancellationToken);

    /// <summary>It answers again.</summary>
    public Task ThawAsync(CancellationToken cancellationToken);

    /// <summary>The engine now.</summary>
    public Task<Sample> TakeAsync(TimeSpan at, CancellationToken cancellationToken);

    /// <summary>Whether a sample shows no call open any more.</summary>
    public bool IsFree(Sample sample);
}
