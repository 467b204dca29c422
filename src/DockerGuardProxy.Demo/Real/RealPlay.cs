using System.Text.Json.Nodes;
using DockerGuardProxy.Demo.Incident;

namespace DockerGuardProxy.Demo.Real;

/// <summary>A real engine with two containers of the demo's own, one of which writes to a disk that is the demo's own, too.</summary>
internal sealed class RealPlay : IPlayedEngine, IAsyncDisposable
{
    private const string StuckName = "guard-demo-stuck", HealthyName = "guard-demo-healthy";
    private const int Term = 15;

    // Pooled connections of callers and proxy, and descriptors that come and go while a container ends.
    private const int Slack = 4;

    private readonly RealContainers _containers;
    private readonly DemoFolder _folder;
    private readonly Leftovers _leftovers;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _watching = new();
    private FreezableDisk? _disk;
    private Task _watch = Task.CompletedTask;
    private (int Descriptors, int Goroutines) _baseline;
    private long _terms;

    private RealPlay(RealContainers containers, DemoFolder folder, Leftovers leftovers, TimeProvider time) =>
        (_containers, _folder, _leftovers, _time) = (containers, folder, leftovers, time);

    public string Stuck => _containers.Ids[0];

    public string Healthy => _containers.Ids[1];

    public long Reached => Interlocked.Read(ref _terms);

    /// <summary>Makes disk, image and containers.</summary>
    /// <param name="socket">The engine's.</param>
    /// <param name="folder">For the disk.</param>
    /// <param name="leftovers">Takes what can't be cleaned up in the end.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellationToken">Ends it; what was made is gone then.</param>
    /// <exception cref="DemoException">Not root, not an engine without containers, or a tool is missing.</exception>
    public static async Task<RealPlay> PrepareAsync(
        string socket, DemoFolder folder, Leftovers leftovers, TimeProvider time, CancellationToken cancellationToken)
    {
        var play = new RealPlay(await RealContainers.PrepareAsync(socket, leftovers, time, cancellationToken), folder, leftovers, time);
        try
        {
            await play.StartAsync(cancellationToken);
            return play;
        }
        catch
        {
            await play.DisposeAsync();
            throw;
        }
    }

    public async Task FreezeAsync(CancellationToken cancellationToken)
    {
        _baseline = await _containers.Api.InfoAsync(cancellationToken);
        await _disk!.FreezeAsync();

        // Until the writer's next touch.
        await Task.Delay(TimeSpan.FromMilliseconds(500), _time, cancellationToken);
    }

    public Task ThawAsync(CancellationToken cancellationToken) => _disk!.ThawAsync();

    public async Task<Sample> TakeAsync(TimeSpan at, CancellationToken cancellationToken)
    {
        var (descriptors, goroutines) = await _containers.Api.InfoAsync(cancellationToken);
        return new Sample(at, descriptors, Math.Max(0, descriptors - _baseline.Descriptors), goroutines, null);
    }

    public bool IsFree(Sample sample) => sample.Open <= Slack;

    public async ValueTask DisposeAsync()
    {
        await _watching.CancelAsync();
        try
        {
            await _watch;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            // The stream has ended, as asked or with the engine.
        }

        // First of all the thaw: nothing can be removed before it.
        if (_disk is not null) await TryAsync(_disk.ThawAsync, $"frozen: fsfreeze -u {_disk.MountPoint}");
        await _containers.DisposeAsync();
        if (_disk is not null && !await TryAsync(() => _disk.DisposeAsync().AsTask(), $"mounted: {_disk.MountPoint}")) _folder.Keep();
        _watching.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        _disk = await FreezableDisk.CreateAsync(_folder.Of(""), _time);

        // The shell is process 1, which can be killed but for its child in D state.
        await _containers.RunAsync(
            StuckName, "while :; do touch /data/x; sleep 0.1; done", cancellationToken, binds: new JsonArray($"{_disk.MountPoint}:/data"));
        await _containers.RunAsync(HealthyName, RealContainers.Idle, cancellationToken);
        _watch = await _containers.Api.WatchSignalsAsync(
            Stuck,
            signal =>
            {
                if (signal == Term) Interlocked.Increment(ref _terms);
            },
            _watching.Token);
    }

    private async Task<bool> TryAsync(Func<Task> cleanUp, string what)
    {
        try
        {
            await cleanUp();
            return true;
        }
        catch (DemoException e)
        {
            _leftovers.Add($"{what}: {e.Message}");
            return false;
        }
    }
}
