using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;

namespace DockerGuardProxy.Route;

/// <summary>Tells the ledger what becomes of containers, as the index learns it.</summary>
internal sealed class LedgerFeed(LedgerKeeper ledger) : IContainerEvents
{
    public void RunStarted(Container container) => ledger.RunStarted(container.Id, container.Run);

    public void RunEnded(Container container) => ledger.RunEnded(container.Id, container.Run);

    public void Renamed(Container container, string? formerName) => ledger.Renamed(container.Id, container.Name ?? "");

    public void Removed(Container container) => ledger.RunEnded(container.Id, container.Run);

    public void Killed(Container container, string? signal, DateTimeOffset at)
    {
    }

    public void EngineRestarted() => ledger.EngineRestarted();
}
