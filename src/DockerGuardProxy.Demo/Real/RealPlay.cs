using DockerGuardProxy.Demo.Incident;

namespace DockerGuardProxy.Demo.Real;

/// <summary>
/// A real engine with two containers and a disk of the demo's own. Plays only where no other container is: none but its own can be touched.
/// </summary>
internal sealed class RealPlay : IPlayedEngine, IAsyncDisposable
{
    private const string Image = "docker-guard-proxy-demo";
    private const int Term = 15;

    // Pooled connections of callers and proxy, and descriptors that come and go while a container ends.
    private const int Slack = 4;

    private readonly RealApi _api;
    private readonly FreezableDisk _disk;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _watching = new();
    private Task _watch = Task.CompletedTask;
    private (int Descriptors, int Goroutines) _baseline;
    private long _terms;

    private RealPlay(RealApi api, FreezableDisk disk, TimeProvider time)
    {
        _api = api;
        _disk = disk;
        _time = time;
    }

    public string Stuck => "guard-demo-stuck";

    public string Healthy => "guard-demo-healthy";

    public long Reached => Interlocked.Read(ref _terms);

    /// <summary>Makes disk, image and containers.</summary>
    /// <exception cref="DemoException">Not root, not an engine without containers, or a tool is missing.</exception>
    public static async Task<RealPlay> PrepareAsync(string socket, string folder, TimeProvider time, CancellationToken cancellation)
    {
        var api = new RealApi(socket);
        FreezableDisk? disk = null;
        try
        {
            await RefuseAsync(api, socket, cancellation);
            disk = await FreezableDisk.CreateAsync(folder, time);
            var play = new RealPlay(api, disk, time);
            try
            {
                await play.StartAsync(cancellation);
                return play;
            }
            catch
            {
                await play.RemoveAsync();
                throw;
            }
        }
        catch
        {
            if (disk is not null) await disk.DisposeAsync();
            api.Dispose();
            throw;
        }
    }

    public async Task FreezeAsync(CancellationToken cancellation)
    {
        _baseline = await _api.InfoAsync(cancellation);
        await _disk.FreezeAsync();

        // Until the writer's next touch.
        await Task.Delay(TimeSpan.FromMilliseconds(500), _time, cancellation);
    }

    public Task ThawAsync(CancellationToken cancellation) => _disk.ThawAsync();

    public async Task<Sample> TakeAsync(TimeSpan at, CancellationToken cancellation)
    {
        var (descriptors, goroutines) = await _api.InfoAsync(cancellation);
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
        await _disk.ThawAsync();
        await RemoveAsync();
        await _disk.DisposeAsync();
        _api.Dispose();
        _watching.Dispose();
    }

    private static async Task RefuseAsync(RealApi api, string socket, CancellationToken cancellation)
    {
        if (!Environment.IsPrivilegedProcess) throw new DemoException("--real freezes a file system and needs root");
        int others;
        try
        {
            others = await api.CountAsync(cancellation);
        }
        catch (HttpRequestException)
        {
            throw new DemoException($"{socket}: no engine answers there");
        }

        if (others > 0)
            throw new DemoException($"{socket}: that engine has {others} container(s); --real plays only on an engine without any");
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        await _api.ImportAsync(Image, cancellation);

        // The shell is process 1, which can be killed but for its child in D state.
        await _api.RunAsync(Stuck, Image, "while :; do touch /data/x; sleep 0.1; done", $"{_disk.MountPoint}:/data", cancellation);
        await _api.RunAsync(Healthy, Image, "trap 'exit 0' TERM; while :; do sleep 0.1; done", null, cancellation);
        _watch = await _api.WatchSignalsAsync(
            Stuck,
            signal =>
            {
                if (signal == Term) Interlocked.Increment(ref _terms);
            },
            _watching.Token);
    }

    private async Task RemoveAsync()
    {
        await _api.RemoveAsync(Stuck, CancellationToken.None);
        await _api.RemoveAsync(Healthy, CancellationToken.None);
        await _api.RemoveImageAsync(Image, CancellationToken.None);
    }
}
