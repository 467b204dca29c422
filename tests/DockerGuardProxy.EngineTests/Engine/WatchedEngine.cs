using DockerGuardProxy.Engine;
using DockerGuardProxy.EngineTests.Lab;
using Microsoft.Extensions.Logging.Abstractions;

namespace DockerGuardProxy.EngineTests.Engine;

/// <summary>An index, watch, learner and confirmer on a real engine.</summary>
internal sealed class WatchedEngine : IAsyncDisposable, IContainerEvents
{
    private readonly DockerEngine _engine;
    private readonly EngineWatch _watch;
    private readonly ContainerLearner _learner;
    private readonly List<string> _heard = [];

    private WatchedEngine(Dockerd engine, Func<string, bool>? mayInspect)
    {
        _engine = new DockerEngine(engine.Socket);
        Index = new ContainerIndex(NullLogger<ContainerIndex>.Instance);
        _learner = new ContainerLearner(
            _engine, Index, mayInspect ?? (_ => true), TimeProvider.System, NullLogger<ContainerLearner>.Instance);
        Index.Listen(_learner);
        Index.Listen(this);
        Confirmer = new ReferenceConfirmer(_engine, TimeProvider.System, NullLogger<ReferenceConfirmer>.Instance);
        _watch = new EngineWatch(
            _engine, new PidFileIdentity(engine.PidFile, "/proc"), Index, _learner, TimeProvider.System, NullLogger<EngineWatch>.Instance);
    }

    public IEngineApi Api => _engine;

    public ContainerIndex Index { get; }

    public ReferenceConfirmer Confirmer { get; }

    /// <summary>All that was heard, a word each: <c>+name</c>, <c>-name</c>, <c>~old>new</c>, <c>xname</c>, <c>!name:signal</c>, <c>R</c>.</summary>
    public string Heard
    {
        get
        {
            lock (_heard)
                return string.Join(' ', _heard);
        }
    }

    public static async Task<WatchedEngine> StartAsync(Dockerd engine, Func<string, bool>? mayInspect = null)
    {
        var watched = new WatchedEngine(engine, mayInspect);
        await watched._learner.StartAsync(default);
        await watched._watch.StartAsync(default);
        return watched;
    }

    public void RunStarted(Container container) => Note("+" + container.Name);

    public void RunEnded(Container container) => Note("-" + container.Name);

    public void Renamed(Container container, string? formerName) => Note($"~{formerName}>{container.Name}");

    public void Removed(Container container) => Note("x" + container.Name);

    public void Killed(Container container, string? signal, DateTimeOffset at) => Note($"!{container.Name}:{signal}");

    public void EngineRestarted() => Note("R");

    public async ValueTask DisposeAsync()
    {
        await _watch.StopAsync(default);
        await _learner.StopAsync(default);
        _watch.Dispose();
        _learner.Dispose();
        _engine.Dispose();
    }

    private void Note(string text)
    {
        lock (_heard)
            _heard.Add(text);
    }
}
