namespace DockerGuardProxy.Guard;

/// <summary>Takes what the ledger reports, for spans, metrics and logs. Called outside its lock.</summary>
internal interface IGuardObserver
{
    public void On(GuardEvent happened);
}

/// <summary>Reports to nobody.</summary>
internal sealed class NullGuardObserver : IGuardObserver
{
    public static NullGuardObserver Instance { get; } = new();

    public void On(GuardEvent happened)
    {
    }
}
