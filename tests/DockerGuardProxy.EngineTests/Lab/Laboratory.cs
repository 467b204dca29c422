namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>The engines that tests share, one of each version, started when first asked for, each with a proxy in front.</summary>
public sealed class Laboratory : IAsyncDisposable
{
    private readonly Dictionary<string, Bench> _benches = [];
    private Bench? _last;

    /// <summary>
    /// True where the "proxy" is the engine's own socket: shows that the comparisons themselves are stable. Never so in CI.
    /// </summary>
    internal static bool Direct { get; } = Environment.GetEnvironmentVariable("DOCKER_GUARD_PROXY_TESTS_DIRECT") == "1";

    /// <summary>The shared engine of a version with no container in it, and its proxy.</summary>
    internal async Task<Bench> BenchAsync(string version = Dockerd.Installed)
    {
        if (!_benches.TryGetValue(version, out var bench))
        {
            var engine = await Dockerd.StartAsync(version);
            bench = new Bench(engine, Direct ? null : await Proxy.StartAsync(engine));
            _benches.Add(version, bench);
        }

        // What the test before has left would run on beside this one.
        if (_last is { } last && last != bench)
            await last.Engine.Api.RemoveAllAsync();
        _last = bench;
        await bench.Engine.Api.RemoveAllAsync();
        return bench;
    }

    /// <summary>Those of several versions, for tests that mostly wait: they do so side by side.</summary>
    internal async Task<List<Bench>> BenchesAsync(params IEnumerable<string> versions)
    {
        var benches = new List<Bench>();
        foreach (var version in versions) benches.Add(await BenchAsync(version));
        return benches;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var bench in _benches.Values)
        {
            if (bench.Proxy is not null)
                await bench.Proxy.DisposeAsync();
            await bench.Engine.DisposeAsync();
        }

        if (Directory.Exists(Machine.Root))
            await Machine.ReapAsync(Machine.Root);
    }
}

/// <summary>An engine and the proxy in front of it.</summary>
internal sealed record Bench(Dockerd Engine, Proxy? Proxy)
{
    /// <summary>The socket under test.</summary>
    public string ProxySocket => Proxy?.Socket ?? Engine.Socket;

    /// <summary>The proxy's process; where there is none, the engine's.</summary>
    public Daemon Daemon => Proxy?.Daemon ?? Engine.Daemon;
}
