using System.Collections.Immutable;

namespace DockerGuardProxy.Guard;

/// <summary>Several observers as one. One that fails keeps the report neither from the others nor from its caller.</summary>
internal sealed class GuardObservers(IEnumerable<IGuardObserver> observers, FailOpen failOpen) : IGuardObserver
{
    private readonly ImmutableArray<IGuardObserver> _observers = [.. observers];

    /// <inheritdoc/>
    public void On(GuardEvent happened)
    {
        foreach (var observer in _observers)
            failOpen.Try(observer.GetType().Name, (observer, happened), static it => it.observer.On(it.happened));
    }
}
