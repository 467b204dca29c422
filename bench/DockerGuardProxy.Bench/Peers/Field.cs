using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Bench.Peers;

/// <summary>A real engine, and every peer in front of it.</summary>
internal sealed class Field : IAsyncDisposable
{
    public const string Direct = "direct";
    public const string Own = "docker-guard-proxy";
    public const string Other = "the other build";
    public const string HaProxy = "HAProxy";
    public const string HaProxyKeep = "HAProxy, kept connections";
    public const string Go = "Go ReverseProxy";

    private readonly List<IAsyncDisposable> _parts = [];

    private Field(Dockerd engine) => Engine = engine;

    /// <summary>The order of the columns.</summary>
    public static IReadOnlyList<string> Names { get; } = [Direct, Own, Other, HaProxy, HaProxyKeep, Go];

    public Dockerd Engine { get; }

    /// <summary>All of them, the engine itself first.</summary>
    public List<Peer> Peers { get; } = [];

    /// <summary>Starts an engine of this version, and the peers.</summary>
    /// <param name="version">The engine's.</param>
    /// <param name="beside">The file of another build of the product; null for none.</param>
    public static async Task<Field> StartAsync(string version, string? beside)
    {
        var field = new Field(await Dockerd.StartAsync(version));
        try
        {
            field._parts.Add(field.Engine);
            field.Peers.Add(new Peer(Direct, field.Engine.Socket, field.Engine.Daemon));
            var own = await Proxy.StartAsync(field.Engine);
            field._parts.Add(own);
            field.Peers.Add(new Peer(Own, own.Socket, own.Daemon));
            if (beside is not null)
            {
                var other = await StartAsync(field.Engine, beside);
                field._parts.Add(other);
                field.Peers.Add(new Peer(Other, other.Socket, other.Daemon));
            }

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

    /// <summary>This build of the product, and the other one if there is one.</summary>
    public static IReadOnlyList<(string Name, string File)> Builds(BenchSettings settings) =>
        settings.Beside is { } other ? [(Own, Proxy.Program), (Other, other)] : [(Own, Proxy.Program)];

    /// <summary>Starts a proxy from a file.</summary>
    public static async Task<Proxy> StartAsync(Dockerd engine, string file)
    {
        var proxy = await Proxy.StartAsync(engine);
        if (file == Proxy.Program) return proxy;
        if (await proxy.StopAsync(TimeSpan.FromSeconds(30)) is null) throw new InvalidOperationException("the proxy did not end");
        proxy.Executable = file;
        await proxy.StartAsync();
        return proxy;
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
