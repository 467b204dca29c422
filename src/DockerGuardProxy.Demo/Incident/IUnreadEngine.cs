namespace DockerGuardProxy.Demo.Incident;

/// <summary>The engine that a client attaches to and does not read.</summary>
internal interface IUnreadEngine
{
    /// <summary>Name or id of the container that is attached to.</summary>
    public string Writer { get; }

    /// <summary>The container writes from now on: 1, 2, 3 …, a line each, to its terminal.</summary>
    public Task WriteAsync(CancellationToken cancellationToken);

    /// <summary>Waits until the container can write no more, since nobody reads.</summary>
    public Task BlockedAsync(CancellationToken cancellationToken);

    /// <summary>Whether the engine still says that it runs.</summary>
    public Task<bool> IsRunningAsync(CancellationToken cancellationToken);
}
