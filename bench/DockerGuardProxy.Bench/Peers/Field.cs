using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Bench.Peers;

/// <summary>A real engine, and every peer in front of it.</summary>
internal sealed class Field : IAsyncDisposable
{
    public const string Direct = "direct";
    public const string Own = "docker-guard-proxy";
    public const string HaProxy = "HAProxy";
    public const string HaProxyKeep = "HAProxy, kept connections";
    public const string Go = "Go ReverseProxy";

    private readonly List<IAsyncDisposable> _parts = [];

    private Field(Dockerd engine) => Engine = engine;

    /// <summary>The order of the columns.</summary>
    public static IReadOnlyList<string> Names { get; } = [Direct, Own, HaProxy, HaProxyKeep, Go];

    public Dockerd Engine { get; }

    /// <summary>All of them, the engine itself first.</summary>
    public List<Peer> Peers { get; } = [];

    public static async Task<Field> StartAsync(string version)
    {
        var field = new Field(await Dockerd.StartAsync(version));
        try
        {
            field._parts.Add(field.Engine);
            field.Peers.Add(new Peer(Direct, field.Engine.Socket, field.Engine.Daemon));
            var own = await Proxy.StartAsync(field.Engine);
            field._parts.Add(own);
            field.Peers.Add(new Peer(Own, own.Socket, own.Daemon));
            field.Add(await OtherProxy.HaProxyAsync(HaProxy, "close", field.Engine));
            field.Add(await OtherProxy.HaProxyAsync(HaProxyKeep, "keep", field.Engine));
            field.Add(await OtherProxy.GoAsync(Go, field.Engine));
            return field;
        }
        catch
        {
            await field.DisposeAsync();
            throw;
        }
    }

    /// <summary>Each peer once in each round; every round begins with the next one.</summary>
    public IEnumerable<Peer> Interleaved(int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < Peers.Count; i++) yield return Peers[(round + i) % Peers.Count];
        }
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = _parts.Count - 1; i >= 0; i--) await _parts[i].DisposeAsync();
    }

    private void Add(OtherProxy proxy)
    {
        _parts.Add(proxy);
        Peers.Add(proxy.Peer);
    }
}
