namespace DockerGuardProxy.Http;

/// <summary>
/// Whether a call under way is answered by the engine or by somebody else: whoever comes first. Once interrupted, the engine's answer goes nowhere;
/// once that has begun, the call can't be interrupted any more.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private const int Open = 0, Begun = 1, Interrupted = 2;

    private readonly CancellationTokenSource _source = new();
    private int _state;

    /// <summary>Fires with the interruption, on a thread of its own.</summary>
    public CancellationToken Token => _source.Token;

    public bool IsInterrupted => Volatile.Read(ref _state) == Interrupted;

    /// <summary>The engine's answer begins. False if the call was interrupted before.</summary>
    public bool TryBegin() => Interlocked.CompareExchange(ref _state, Begun, Open) != Interrupted;

    /// <summary>Interrupts the call. False if its answer has begun, or it was interrupted before.</summary>
    public bool TryInterrupt()
    {
        if (Interlocked.CompareExchange(ref _state, Interrupted, Open) != Open) return false;

        // Whoever waits for it goes on elsewhere.
        _ = _source.CancelAsync();
        return true;
    }

    public void Dispose()
    {
        // Whatever an interruption leads to may still be under way.
        if (!IsInterrupted) _source.Dispose();
    }
}
