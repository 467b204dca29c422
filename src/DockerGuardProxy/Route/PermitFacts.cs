using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Guard.Permits;

namespace DockerGuardProxy.Route;

/// <summary>What index and ledger know of a container whose lock is slow.</summary>
internal sealed class PermitFacts(ContainerIndex index, LedgerKeeper ledger, TimeProvider time) : IPermitFacts
{
    private static readonly string[] Operations =
        [.. CallTable.Docker.Of(Family.Ending).OrderBy(row => row.Operation).Select(row => row.Name!)];

    /// <inheritdoc/>
    public GuardedContainer? Find(string id) => index.Find(id) is { } container ? IndexedContainer.Describe(container) : null;

    /// <inheritdoc/>
    public SuspectedHolder? OldestEnding(string id) =>
        ledger.OldestOpen(id) is { } open ? new(Operations[(int)open.Operation], time.GetUtcNow() - open.Age, null) : null;
}
