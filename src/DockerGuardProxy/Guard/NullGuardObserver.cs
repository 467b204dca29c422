namespace DockerGuardProxy.Guard;

/// <summary>Reports to nobody.</summary>
internal sealed class NullGuardObserver : IGuardObserver
{
    public static NullGuardObserver Instance { get; } = new();

    public void On(GuardEvent happened)
    {
    }
}
