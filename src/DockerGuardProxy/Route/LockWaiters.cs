using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Guard.Permits;

namespace DockerGuardProxy.Route;

/// <summary>
/// Takes open calls for those that wait for their container's lock: terminating ones, those that the permits count, and, where the policy
/// <c>lock</c> is off and counts nothing, inspects.
/// </summary>
internal sealed class LockWaiters(PermitKeeper permits, PileUpWatch pileUp, LedgerKeeper ledger, ContainerIndex index) : ILockWaiters
{
    /// <summary>They take milliseconds.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public bool Any(string containerId) =>
        ledger.HasOpenCalls(containerId) || permits.Waits(containerId, Slow)
        || pileUp.Calls().Any(call => call.Row.Name == "inspect" && call.Age >= Slow && index.Resolve(call.Reference).Container?.Id == containerId);
}
