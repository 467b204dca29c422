using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Guard.Permits;

namespace DockerGuardProxy.Route;

/// <summary>Tells the permits what becomes of containers, as the index learns it.</summary>
internal sealed class PermitFeed(PermitKeeper permits) : IContainerEvents
{
    public void RunStarted(Container container)
    {
    }

    public void RunEnded(Container container) => permits.Renew(container.Id);

    public void Renamed(Container container, string? formerName)
    {
    }

    public void Removed(Container container) => permits.Renew(container.Id);

    public void Killed(Container container, string? signal, DateTimeOffset at)
    {
    }

    public void EngineRestarted() => permits.EngineRestarted();
}

/// <summary>What index and ledger know of a container whose lock is slow.</summary>
internal sealed class PermitFacts(ContainerIndex index, LedgerKeeper ledger, TimeProvider time) : IPermitFacts
{
    private static readonly string[] Operations =
        [.. CallTable.Docker.Of(Family.Ending).OrderBy(row => row.Operation).Select(row => row.Name!)];

    /// <inheritdoc/>
    public GuardedContainer? Find(string id) => index.Find(id) is { } container
        ? new(
            container.Id, container.Name ?? "", container.Running, container.Run,
            Pod: container.Pod is { } pod ? new Pod(pod.Namespace ?? "", pod.Name ?? "", pod.Uid) : null)
        : null;

    /// <inheritdoc/>
    public SuspectedHolder? OldestEnding(string id) =>
        ledger.OldestOpen(id) is { } open ? new(Operations[(int)open.Operation], time.GetUtcNow() - open.Age, null) : null;
}
