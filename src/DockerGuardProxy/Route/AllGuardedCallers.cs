using DockerGuardProxy.Guard.Permits;
using DockerGuardProxy.Listen;

namespace DockerGuardProxy.Route;

/// <summary>The callers of every family, for the server's stop.</summary>
internal sealed class AllGuardedCallers(GuardedCalls ending, PermitKeeper permits) : IGuardedCallers
{
    /// <inheritdoc/>
    public bool Any => ending.Any || permits.Any;

    /// <inheritdoc/>
    public void TurnAway(bool all)
    {
        permits.TurnAway();
        ending.TurnAway(all);
    }
}
