
namespace DockerGuardProxy.Guard;

/// <summary>Counts how often the guard failed open, and how often a part of it that works beside the way of calls failed.</summary>
internal sealed class FaultCount : IGuardObserver
{
    private long _value;

    /// <summary>Since the process started.</summary>
    public long Value => Interlocked.Read(ref _value);

    /// <summary>One more.</summary>
    public void Add() => Interlocked.Increment(ref _value);

    /// <inheritdoc/>
    public void On(GuardEvent happened)
    {
        if (happened is GuardEvent.Faulted)
            Add();
    }
}
