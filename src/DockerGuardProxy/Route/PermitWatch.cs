using DockerGuardProxy.Guard.Permits;
using DockerGuardProxy.Http;

namespace DockerGuardProxy.Route;

/// <summary>Gives the permit of a call in the HTTP lane back when its answer begins.</summary>
/// <param name="gate">Has given it.</param>
/// <param name="permit">The call.</param>
/// <param name="change">What the call will change in the index; null for most.</param>
internal sealed class PermitWatch(LockGate gate, PermitCall permit, ChangeWatch? change) : IAnswerWatch
{
    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> TakeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        gate.Answered(permit);
        return change?.TakeAsync(response, cancellationToken) ?? default;
    }
}
