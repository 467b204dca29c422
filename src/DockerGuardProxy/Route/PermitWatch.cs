using DockerGuardProxy.Guard.Permits;
using DockerGuardProxy.Http;

namespace DockerGuardProxy.Route;

/// <summary>Gives the permit of a call in the HTTP lane back when its answer begins.</summary>
/// <param name="gate">Has given it.</param>
/// <param name="permit">The call.</param>
/// <param name="next">Whoever else must learn of it; null for nobody.</param>
internal sealed class PermitWatch(LockGate gate, PermitCall permit, IAnswerWatch? next) : IAnswerWatch
{
    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> TakeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        gate.Answered(permit);
        return next?.TakeAsync(response, cancellationToken) ?? default;
    }
}
