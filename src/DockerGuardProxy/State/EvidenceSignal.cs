using DockerGuardProxy.Guard;
using DockerGuardProxy.Timing;

namespace DockerGuardProxy.State;

/// <summary>Wakes <see cref="StateKeeper"/> when evidence begins: from then on there is something to keep.</summary>
internal sealed class EvidenceSignal : IGuardObserver, IDisposable
{
    private readonly WakeSignal _wake = new();

    /// <inheritdoc/>
    public void On(GuardEvent happened)
    {
        if (happened is GuardEvent.EvidenceBegan)
            Give();
    }

    /// <summary>There may be something to keep.</summary>
    public void Give() => _wake.Give();

    /// <summary>Sleeps until there is.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _wake.WaitAsync(cancellationToken);

    public void Dispose() => _wake.Dispose();
}
