using DockerGuardProxy.Demo.Incident;

namespace DockerGuardProxy.Demo.Real;

/// <summary>A real engine with a container of the demo's own that writes as fast as it can.</summary>
internal sealed class RealStream : IUnreadEngine, IAsyncDisposable
{
    private const string WriterName = "guard-demo-writer";
    private const string Script = "i=0; while :; do i=$((i+1)); echo $i; done";

    // Far more than it takes to fill what holds its output.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(500);

    private readonly RealContainers _containers;
    private readonly TimeProvider _time;

    private RealStream(RealContainers containers, TimeProvider time) => (_containers, _time) = (containers, time);

    public string Writer => _containers.Ids[0];

    /// <summary>Makes image and container.</summary>
    /// <inheritdoc cref="RealContainers.PrepareAsync"/>
    public static async Task<RealStream> PrepareAsync(string socket, Leftovers leftovers, TimeProvider time, CancellationToken cancellationToken)
    {
        var play = new RealStream(await RealContainers.PrepareAsync(socket, leftovers, time, cancellationToken), time);
        try
        {
            await play._containers.CreateAsync(WriterName, Script, cancellationToken, hasTerminal: true);
            return play;
        }
        catch
        {
            await play.DisposeAsync();
            throw;
        }
    }

    // Attached to before it starts: the client has the first number, too.
    public Task WriteAsync(CancellationToken cancellationToken) => _containers.Api.StartAsync(Writer, cancellationToken);

    public async Task BlockedAsync(CancellationToken cancellationToken)
    {
        var pid = await _containers.Api.PidAsync(Writer, cancellationToken);
        var (begin, before) = (_time.GetTimestamp(), CpuOf(pid));
        for (; ; )
        {
            await Task.Delay(Gap, _time, cancellationToken);
            var now = CpuOf(pid);
            if (now == before) return;
            before = now;
            if (_time.GetElapsedTime(begin) > Limit) throw new DemoException("the container writes on, although nobody reads");
        }
    }

    public Task<bool> IsRunningAsync(CancellationToken cancellationToken) => _containers.Api.IsRunningAsync(Writer, cancellationToken);

    public ValueTask DisposeAsync() => _containers.DisposeAsync();

    // proc(5): state is the first field after the name, CPU times in user and kernel mode the 12th and 13th.
    private static string CpuOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return string.Join(' ', stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11..13]);
        }
        catch (IOException)
        {
            throw new DemoException($"process {pid} of the engine is not seen here");
        }
    }
}
