using System.Threading.Channels;
using DockerGuardProxy.Engine;

namespace DockerGuardProxy.Tests.Engine;

/// <summary>An engine that does as told, and notes what it was asked.</summary>
internal sealed class FakeEngine : IEngineApi, IEngineIdentity
{
    private readonly Lock _gate = new();
    private readonly List<string> _asked = [];
    private Channel<EngineEvent> _stream = Channel.CreateUnbounded<EngineEvent>();

    /// <summary>What a list shows.</summary>
    public IReadOnlyList<ListedContainer> Containers { get; set; } = [];

    public EngineInstance? Instance { get; set; } = new(1, 1);

    /// <summary>Replaces what a question does; gets its name.</summary>
    public Func<string, CancellationToken, Task>? Interfere { get; set; }

    public Dictionary<string, Inspection> Inspections { get; } = [];

    public Dictionary<string, string[]> Execs { get; } = [];

    public Dictionary<string, ExecState> ExecStates { get; } = [];

    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_gate)
                return [.. _asked];
        }
    }

    public void Send(EngineEvent message) => _stream.Writer.TryWrite(message);

    public void EndStream(Exception? fault = null)
    {
        var old = _stream;
        _stream = Channel.CreateUnbounded<EngineEvent>();
        old.Writer.Complete(fault);
    }

    public EngineInstance? Read() => Instance;

    public Task PingAsync(CancellationToken cancellationToken) => AskAsync("ping", cancellationToken);

    /// <summary>What it says of itself.</summary>
    public EngineInfo Info { get; set; } = new("26.1.5", null);

    public async Task<EngineInfo> InfoAsync(CancellationToken cancellationToken)
    {
        await AskAsync("info", cancellationToken);
        return Info;
    }

    public async Task<IReadOnlyList<ListedContainer>> ListAsync(CancellationToken cancellationToken)
    {
        var list = Containers;
        await AskAsync("list", cancellationToken);
        return list;
    }

    public async Task<IReadOnlyList<ListedContainer>> ListByIdAsync(string prefix, CancellationToken cancellationToken)
    {
        await AskAsync("id " + prefix.TrimEnd('0'), cancellationToken);
        var found = Containers.Where(one => one.Id.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        return found.Count == 1 ? found : [];
    }

    public async Task<IReadOnlyList<ListedContainer>> ListByNameAsync(string name, CancellationToken cancellationToken)
    {
        await AskAsync("name " + name, cancellationToken);
        return [.. Containers.Where(one => one.Names.Contains("/" + name))];
    }

    public async Task<Inspection?> InspectAsync(string id, CancellationToken cancellationToken)
    {
        await AskAsync("inspect " + id.TrimEnd('0'), cancellationToken);
        return Inspections.GetValueOrDefault(id);
    }

    public async Task<IReadOnlyList<string>?> ExecsAsync(string id, CancellationToken cancellationToken)
    {
        await AskAsync("execs " + id.TrimEnd('0'), cancellationToken);
        return Execs.GetValueOrDefault(id);
    }

    public async Task<ExecState?> InspectExecAsync(string id, CancellationToken cancellationToken)
    {
        await AskAsync("exec " + id, cancellationToken);
        return ExecStates.GetValueOrDefault(id);
    }

    public async Task<IAsyncEnumerable<EngineEvent>> SubscribeAsync(long? sinceNano, CancellationToken cancellationToken)
    {
        await AskAsync($"events {sinceNano?.ToString() ?? "-"}", cancellationToken);
        return _stream.Reader.ReadAllAsync(cancellationToken);
    }

    private Task AskAsync(string question, CancellationToken cancellationToken)
    {
        // Noted last: who sees the note may count on the question being under way.
        try
        {
            return Interfere?.Invoke(question, cancellationToken) ?? Task.CompletedTask;
        }
        finally
        {
            lock (_gate)
                _asked.Add(question);
        }
    }
}
