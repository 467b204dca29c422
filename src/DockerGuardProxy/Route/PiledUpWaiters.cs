using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;

namespace DockerGuardProxy.Route;

/// <summary>
/// Takes open calls for those that wait for their container's lock: terminating ones, and of the watched ones those that are answered at once
/// where nothing is wrong. A call of the others may be answered and stream.
/// </summary>
internal sealed class PiledUpWaiters(PileUpWatch pileUp, LedgerKeeper ledger, ContainerIndex index) : ILockWaiters
{
    /// <summary>An inspect takes milliseconds.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public bool Any(string containerId) =>
        ledger.HasOpenCalls(containerId)
        || pileUp.Calls().Any(call => call.Row.Name == "inspect" && call.Age >= Slow && index.Resolve(call.Reference).Container?.Id == containerId);
}
