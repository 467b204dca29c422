namespace DockerGuardProxy.Guard.Permits;

/// <summary>Told what an operator may want to know of containers' locks; outside of every lock.</summary>
internal interface IPermitObserver
{
    /// <summary>Something has happened.</summary>
    /// <param name="happened">What.</param>
    /// <param name="container">To whom; null where nobody knows it any more, or it is about none.</param>
    public void On(PermitEvent happened, GuardedContainer? container);
}
