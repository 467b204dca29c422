namespace DockerGuardProxy.Guard.Permits;

/// <summary>Whoever has made a call and waits for its answer.</summary>
internal interface IPermitCaller
{
    /// <summary>The name of its program, empty where nobody can tell; null until <see cref="Identify"/> was called. Read under a lock.</summary>
    public string? KnownComm { get; }

    /// <summary>Its process id in our pid namespace; 0 where nobody can tell. Asks the kernel.</summary>
    public int Pid { get; }

    /// <summary>Its user; null where nobody can tell. Asks the kernel.</summary>
    public uint? Uid { get; }

    /// <summary>Asks the kernel what its program is called.</summary>
    public void Identify();

    /// <summary>Tells it that the lock is slow, although its call is with the engine. False where its answer has begun, or it has left.</summary>
    /// <param name="call">Its call.</param>
    /// <param name="serial">Which use of it is meant; see <see cref="PermitCall.Serial"/>.</param>
    /// <param name="body">The body of the 503.</param>
    public bool TryTell(PermitCall call, long serial, ReadOnlyMemory<byte> body);
}
