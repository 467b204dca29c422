using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Guard.Permits;

namespace DockerGuardProxy.Route;

/// <summary>Who is out of every family, by the configuration in use.</summary>
internal sealed class Exempted(LedgerKeeper ledger)
{
    /// <summary>True where somebody may be: nobody is looked at while nobody is named.</summary>
    public bool Any => !ledger.Policies.Exempt.IsEmpty;

    /// <summary>Whether a call of this caller for this container is only passed on.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="container">Whom it means; null where nobody knows.</param>
    public bool Is(IPermitCaller caller, Container? container)
    {
        var exempt = ledger.Policies.Exempt;
        if (exempt.Frees(container?.Labels)) return true;
        if (exempt.Callers.Length == 0) return false;
        caller.Identify();
        return exempt.Callers.Contains(caller.KnownComm ?? "");
    }
}
