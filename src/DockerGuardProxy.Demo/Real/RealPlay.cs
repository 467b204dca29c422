using DockerGuardProxy.Demo.Incident;

namespace DockerGuardProxy.Demo.Real;

/// <summary>
/// A real engine with an image, two containers and a disk of the demo's own. Plays only where no other container is, and touches its own by
/// nothing but the ids that the engine gave them: a name may be another's.
/// </summary>
internal sealed class RealPlay : IPlayedEngine, IAsyncDisposable
{
    private const string StuckName = "guard-demo-stuck", HealthyName = "guard-demo-healthy";
    private const int Term = 15;

    // Pooled connections of callers and proxy, and descriptors that come and go while a container ends.
    private const int Slack = 4;

    private readonly string _socket;
    private readonly DemoFolder _folder;
    private readonly Leftovers _leftovers;
    private readonly TimeProvider _time;
    private readonly RealApi _api;
    private readonly List<string> _containers = [];
    private readonly CancellationTokenSource _watching = new();
    private string? _image;
    private FreezableDisk? _disk;
    private Task _watch = Task.CompletedTask;
    private (int Descriptors, int Goroutines) _baseline;
    private long _terms;

    private RealPlay(string socket, DemoFolder folder, Leftovers leftovers, TimeProvider time)
    {
        _socket = socket;
        _folder = folder;
        _leftovers = leftovers;
        _time = time;
        _api = new RealApi(socket, time);
    }

    public string Stuck => _containers[0];

    public string Healthy => _containers[1];

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
        if (!Environment.IsPrivilegedProcess) throw new DemoException("--real freezes a file system and needs root");
        if (!DemoFolder.IsSocketPath(socket)) throw new DemoException($"{socket}: no path that a socket can have");
        var play = new RealPlay(socket, folder, leftovers, time);
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
        _baseline = await _api.InfoAsync(cancellationToken);
        await _disk!.FreezeAsync();

        // Until the writer's next touch.
        await Task.Delay(TimeSpan.FromMilliseconds(500), _time, cancellationToken);
    }

    public Task ThawAsync(CancellationToken cancellationToken) => _disk!.ThawAsync();

    public async Task<Sample> TakeAsync(TimeSpan at, CancellationToken cancellationToken)
    {
        var (descriptors, goroutines) = await _api.InfoAsync(cancellationToken);
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
        await RemoveAsync();
        if (_disk is not null && !await TryAsync(() => _disk.DisposeAsync().AsTask(), $"mounted: {_disk.MountPoint}")) _folder.Keep();
        _api.Dispose();
        _watching.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var others = await _api.CountAsync(cancellationToken);
        if (others > 0)
            throw new DemoException($"{_socket}: that engine has {others} container(s); --real plays only on an engine without any");
        _disk = await FreezableDisk.CreateAsync(_folder.Of(""), _time);
        _image = await _api.ImportAsync();

        // The shell is process 1, which can be killed but for its child in D state.
        await RunAsync(StuckName, "while :; do touch /data/x; sleep 0.1; done", $"{_disk.MountPoint}:/data", cancellationToken);
        await RunAsync(HealthyName, "trap 'exit 0' TERM; while :; do sleep 0.1; done", null, cancellationToken);
        _watch = await _api.WatchSignalsAsync(
            Stuck,
            signal =>
            {
                if (signal == Term) Interlocked.Increment(ref _terms);
            },
            _watching.Token);
    }

    private async Task RunAsync(string name, string script, string? bind, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _containers.Add(await _api.CreateAsync(name, _image!, script, bind));
        await _api.StartAsync(_containers[^1], cancellationToken);
    }

    private async Task RemoveAsync()
    {
        var left = new Queue<string>(_containers);
        try
        {
            for (; left.Count > 0; left.Dequeue()) await _api.RemoveAsync(left.Peek());
            if (_image is not null) await _api.RemoveImageAsync(_image);
        }
        catch (DemoException e)
        {
            // Asked no more: an engine that does not answer would be waited for each time.
            string[] what = [.. left.Select(static id => $"container {id[..12]}"), $"image {_image?[..19]}"];
            _leftovers.Add($"{string.Join(", ", what)}: {e.Message}");
        }
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
