namespace DockerGuardProxy.Demo.Simulation;

/// <summary>What the engine counts of itself. Every field is changed by atomic operations alone.</summary>
internal sealed class EngineCounters
{
    /// <summary>Goroutines of an idle dockerd 20.10.5, as measured.</summary>
    public const int IdleGoroutines = 44;

    /// <summary>Bytes of dockerd 20.10.5 for each call that waits, as measured over 900 of them: stacks, buffers and timers.</summary>
    public const long BytesPerWaitingCall = 63 << 10;

    private static readonly int Operations = Enum.GetValues<EngineOperation>().Length;

    private readonly long[] _seen = new long[Operations];
    private readonly int[] _open = new int[Operations];
    private int _connections;
    private int _waiters;

    /// <summary>
    /// Accepted connections that are not closed or whose handler still runs: Go's server keeps the descriptor until the handler returns, also
    /// when the client has left.
    /// </summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Calls that wait for a container's exit (moby container/state.go, Wait).</summary>
    public int Waiters => Volatile.Read(ref _waiters);

    /// <summary>One goroutine serves each connection, one more waits for each waiter.</summary>
    public int Goroutines => IdleGoroutines + Connections + Waiters;

    /// <summary>Calls of any kind whose handlers run.</summary>
    public int OpenCalls => _open.Sum();

    /// <summary>Memory that the waiting calls would cost a real engine.</summary>
    public long WaitingBytes => Waiters * BytesPerWaitingCall;

    /// <summary>Calls of a kind that have reached the engine since its start.</summary>
    public long Seen(EngineOperation operation) => Volatile.Read(ref _seen[(int)operation]);

    /// <summary>Calls of a kind whose handlers run.</summary>
    public int Open(EngineOperation operation) => Volatile.Read(ref _open[(int)operation]);

    public void Enter(EngineOperation operation)
    {
        Interlocked.Increment(ref _seen[(int)operation]);
        Interlocked.Increment(ref _open[(int)operation]);
    }

    public void Leave(EngineOperation operation) => Interlocked.Decrement(ref _open[(int)operation]);

    public void Accepted() => Interlocked.Increment(ref _connections);

    public void Closed() => Interlocked.Decrement(ref _connections);

    public void BeginWait() => Interlocked.Increment(ref _waiters);

    public void EndWait() => Interlocked.Decrement(ref _waiters);
}
