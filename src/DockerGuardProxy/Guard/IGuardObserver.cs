namespace DockerGuardProxy.Guard;

/// <summary>Takes what the ledger reports, for spans, metrics and logs. Called outside its lock.</summary>
internal interface IGuardObserver
{
    public void On(GuardEvent happened);
}
