using System.Collections.Immutable;
using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Streams;

/// <summary>The calls whose client does not read, as the watch has seen them last; for whoever tells of them. Swapped as a whole.</summary>
internal sealed class StalledStreams(RestBudget budget)
{
    private ImmutableArray<StalledStream> _current = [];

    /// <summary>The longest stalled first.</summary>
    public ImmutableArray<StalledStream> Current
    {
        get => ImmutableInterlocked.InterlockedCompareExchange(ref _current, default, default);
        set => ImmutableInterlocked.InterlockedExchange(ref _current, value);
    }

    /// <summary>Bytes held of all that was taken over.</summary>
    public long Held => budget.Held;

    /// <summary>The streams that keep a container from ending and have not been taken over; the longest stalled first.</summary>
    public ImmutableArray<StalledStream> HoldingUp(string containerId) =>
        [.. Current.Where(one => one is { Kind: StreamKind.Attach or StreamKind.Exec, IsTakenOver: false } && one.ContainerId == containerId)];
}
