namespace DockerGuardProxy.Engine;

/// <summary>
/// The few reads of the engine that the index needs. None takes a container's lock but <see cref="InspectAsync"/> and
/// <see cref="ExecsAsync"/>. None has a time limit of its own: callers cancel, and cancelling closes the connection.
/// </summary>
internal interface IEngineApi
{
    /// <summary>Completes when the engine answers at all.</summary>
    public Task PingAsync(CancellationToken cancellationToken);

    /// <summary>What the engine says of itself. Takes no container's lock, but asks its storage driver.</summary>
    public Task<EngineInfo> InfoAsync(CancellationToken cancellationToken);

    /// <summary>All containers.</summary>
    public Task<IReadOnlyList<ListedContainer>> ListAsync(CancellationToken cancellationToken);

    /// <summary>The container with this id or unique prefix of one, by the engine's filter; empty if there is none or several.</summary>
    public Task<IReadOnlyList<ListedContainer>> ListByIdAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>The container whose own name (without slash) it is; links' aliases are not found.</summary>
    public Task<IReadOnlyList<ListedContainer>> ListByNameAsync(string name, CancellationToken cancellationToken);

    /// <summary>Takes the container's lock in the engine and can hang. Null when there is no such container.</summary>
    public Task<Inspection?> InspectAsync(string id, CancellationToken cancellationToken);

    /// <summary>The ids of the container's execs, by an inspect; null when there is no such container.</summary>
    public Task<IReadOnlyList<string>?> ExecsAsync(string id, CancellationToken cancellationToken);

    /// <summary>
    /// An exec instance. From 24.0 on it takes that instance's lock in the engine, which is held while the exec's end waits for a client that does
    /// not read. Null when there is no such instance.
    /// </summary>
    public Task<ExecState?> InspectExecAsync(string id, CancellationToken cancellationToken);

    /// <summary>
    /// Completes once the engine has subscribed us: no event from then on is missed. Enumerate it once; it ends with the engine's stream.
    /// </summary>
    /// <param name="sinceNano">Events of the engine's memory (256 at most) from this wall clock on come first; none when null.</param>
    /// <param name="cancellationToken">Ends the subscription and the enumeration.</param>
    public Task<IAsyncEnumerable<EngineEvent>> SubscribeAsync(long? sinceNano, CancellationToken cancellationToken);
}
