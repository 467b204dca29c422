using DockerGuardProxy.Engine;
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
