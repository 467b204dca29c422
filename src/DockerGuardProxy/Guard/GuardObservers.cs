using System.Collections.Immutable;
using System.Runtime.ExceptionServices;

namespace DockerGuardProxy.Guard;

/// <summary>Several observers as one. One that fails does not keep the report from the others; its fault is thrown after.</summary>
internal sealed class GuardObservers(IEnumerable<IGuardObserver> observers) : IGuardObserver
{
    private readonly ImmutableArray<IGuardObserver> _observers = [.. observers];

    /// <inheritdoc/>
    public void On(GuardEvent happened)
    {
        ExceptionDispatchInfo? fault = null;
        foreach (var observer in _observers)
        {
            try
            {
                observer.On(happened);
            }
            catch (Exception e)
            {
                fault ??= ExceptionDispatchInfo.Capture(e);
            }
        }

        fault?.Throw();
    }
}
