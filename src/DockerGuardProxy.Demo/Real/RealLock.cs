using DockerGuardProxy.Demo.Incident;

namespace DockerGuardProxy.Demo.Real;

/// <summary>A real engine with two containers of the demo's own, the shim of one of which can be stopped.</summary>
internal sealed class RealLock : ILockedEngine, IAsyncDisposable
{
    private const string LockedName = "guard-demo-locked", OtherName = "guard-demo-healthy";

    // Pooled connections of callers and proxy.
    private const int Slack = 4;

    private readonly RealContainers _containers;
    private readonly TimeProvider _time;
    private Shim? _shim;

    private RealLock(RealContainers containers, TimeProvider time) => (_containers, _time) = (containers, time);

    public string Locked => _containers.Ids[0];

    public string Other => _containers.Ids[1];

    /// <summary>Makes image and containers.</summary>
    /// <inheritdoc cref="RealContainers.PrepareAsync"/>
    public static async Task<RealLock> PrepareAsync(string socket, Leftovers leftovers, TimeProvider time, CancellationToken cancellationToken)
    {
        var play = new RealLock(await RealContainers.PrepareAsync(socket, leftovers, time, cancellationToken), time);
        try
        {
            var id = await play._containers.RunAsync(LockedName, RealContainers.Idle, cancellationToken);
            await play._containers.RunAsync(OtherName, RealContainers.Idle, cancellationToken);
            play._shim = Shim.Of(await play._containers.Api.PidAsync(id, cancellationToken));
            return play;
        }
        catch
        {
            await play.DisposeAsync();
            throw;
        }
    }

    public Task StopShimAsync(CancellationToken cancellationToken)
    {
        _shim!.Halt();
        return Task.CompletedTask;
    }

    // An engine tells nobody who holds a lock. Whoever looked would stand in the queue.
    public Task PausesAsync(CancellationToken cancellationToken) => Task.Delay(TimeSpan.FromSeconds(1), _time, cancellationToken);

    public void ContinueShim() => _shim!.GoOn();

    public async Task<Sample> TakeAsync(TimeSpan at, CancellationToken cancellationToken)
    {
        var (descriptors, goroutines) = await _containers.Api.InfoAsync(cancellationToken);
        return new Sample(at, descriptors, descriptors, goroutines, null);
    }

    // Each holds a descriptor, and so does the pause.
    public int Reached(Sample before, Sample sample) => Math.Max(0, sample.Open - before.Open - 1);

    public bool IsFree(Sample before, Sample sample) => sample.Open <= before.Open + Slack;

    public async ValueTask DisposeAsync()
    {
        // First of all: nothing can be removed before it.
        _shim?.GoOn();
        try
        {
            if (_shim is not null) await _containers.Api.UnpauseAsync(Locked);
        }
        catch (DemoException)
        {
            // What can't be removed then is told.
        }

        await _containers.DisposeAsync();
    }
}
