using DockerGuardProxy.Guard.Permits;
using DockerGuardProxy.Http;

namespace DockerGuardProxy.Route;

/// <summary>
/// A call in the HTTP lane that is with the engine, and whose caller may be told meanwhile, or leave: either way the engine's connection stays until
/// it is seen when the lock becomes free.
/// </summary>
/// <remarks>Invariant: its permit comes back once: by the answer or end of the call, or by the connection that was left.</remarks>
/// <param name="permit">The call.</param>
/// <param name="link">Its way to the engine.</param>
/// <param name="gate">Has given the permit.</param>
/// <param name="hasLeft">Fires when the caller has left.</param>
internal sealed class ToldCall(PermitCall permit, EngineLink link, LockGate gate, CancellationToken hasLeft) : IDisposable
{
    private readonly long _serial = permit.Serial;
    private readonly Interruption _interruption = new();
    private ReadOnlyMemory<byte> _body;

    /// <summary>What its caller is to read; null while it is not told.</summary>
    public PermitOutcome? Outcome => _interruption.IsInterrupted ? new(PermitOutcomeKind.Told, _body) : null;

    /// <summary>The permit is the business of the connection that was left.</summary>
    public bool IsLeft { get; private set; }

    /// <summary>The call is about to be sent.</summary>
    public void Begin() => (link.OnLeaving, link.Interruption) = (Leave, permit.IsTellable ? _interruption : null);

    /// <inheritdoc cref="IPermitCaller.TryTell"/>
    public bool TryTell(PermitCall call, long serial, ReadOnlyMemory<byte> body)
    {
        if (call != permit || serial != _serial) return false;
        _body = body;
        return _interruption.TryInterrupt();
    }

    public void Dispose()
    {
        (link.OnLeaving, link.Interruption) = (null, null);
        _interruption.Dispose();
    }

    private Action? Leave()
    {
        if (!_interruption.IsInterrupted && !(hasLeft.IsCancellationRequested && gate.Left(permit))) return null;
        IsLeft = true;
        return () => gate.Seen(permit, _serial);
    }
}
