using DockerGuardProxy.Campaign.Chaos;
using DockerGuardProxy.Campaign.Check;
using DockerGuardProxy.Campaign.Load;
using DockerGuardProxy.Campaign.Wire;
using DockerGuardProxy.EngineTests.Guard;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Campaign;

/// <summary>One engine with a relay and the proxy in front of it, and what is noted about them.</summary>
internal sealed class Site : IAsyncDisposable
{
    /// <summary>Shorter than the defaults, so that an incident fits into a campaign's minutes.</summary>
    private const string EnforcedGuard =
        """
        { "patience": "3s", "repeatHold": ["500ms", "2s"], "policies": {
          "streams": { "stall": "3s", "ended": "2s" }, "transfers": { "mode": "enforce", "stall": "10s" } } }
        """;

    private const string ObservingGuard = """{ "mode": "observe" }""";

    private readonly string _configuration;
    private long _tokens;
    private volatile int _epoch;

    private Site(Dockerd engine, CountingRelay relay, Proxy proxy, string configuration, Findings findings, double callsPerSecond, ulong seed)
    {
        (Engine, Relay, Proxy, _configuration, Findings, Seed) = (engine, relay, proxy, configuration, findings, seed);
        Pace = new Pace(callsPerSecond);
    }

    /// <summary>Version of the engine, for texts.</summary>
    public string Name => Engine.Version;

    public Dockerd Engine { get; }

    public CountingRelay Relay { get; }

    public Proxy Proxy { get; }

    public Findings Findings { get; }

    /// <summary>For what its clients leave to chance.</summary>
    public ulong Seed { get; }

    public Pace Pace { get; }

    /// <summary>The one that its proxy sees.</summary>
    public required WallClock WallClock { get; init; }

    /// <summary>Of the machine.</summary>
    public required MachineLag Lag { get; init; }

    public ChaosLog Chaos { get; } = new();

    public Tally Tally { get; } = new();

    /// <summary>Goes up whenever kept connections have been cut: clients begin new ones, as those that watch their connections do.</summary>
    public int Epoch => _epoch;

    /// <summary>The file system of the proxy's state, small enough to be filled.</summary>
    public string StateFolder => Path.Combine(Engine.Folder, "state");

    /// <summary>Starts them.</summary>
    public static async Task<Site> StartAsync(
        string version, CampaignSettings settings, MachineLag lag, Findings findings, ulong seed)
    {
        // With live-restore on one: its containers outlive it. The newest is that of cgroup v2, whose mounts go with its namespace.
        var engine = await Dockerd.StartAsync(version, liveRestore: version == Dockerd.Leaky, isUnified: version == Dockerd.Newest);
        CountingRelay? relay = null;
        try
        {
            var state = Path.Combine(engine.Folder, "state");
            Directory.CreateDirectory(state);
            await Shell.RunAsync("mount", "-t", "tmpfs", "-o", "size=256k", "none", state);
            relay = new CountingRelay(Path.Combine(engine.Folder, "relay.sock"), engine.Socket);
            relay.Open();
            var clock = await WallClock.BuildAsync(engine.Folder);
            var proxy = await Proxy.StartHandedAsync(
                engine, relay.Path, EnforcedGuard,
                new Dictionary<string, string>(clock.Environment) { ["RUNTIME_DIRECTORY"] = state, ["STATE_DIRECTORY"] = state });
            await proxy.ReadyAsync();
            return new Site(
                engine, relay, proxy, await File.ReadAllTextAsync(proxy.ConfigFile), findings,
                (double)settings.CallsPerSecond / settings.Engines.Length, seed)
            {
                Lag = lag,
                WallClock = clock,
            };
        }
        catch
        {
            relay?.Dispose();
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>A number that no other call of this site has, and never 0.</summary>
    public ulong NextToken() => (ulong)Interlocked.Increment(ref _tokens);

    /// <summary>Connections were cut.</summary>
    public void Cut() => Interlocked.Increment(ref _epoch);

    /// <summary>Writes the configuration as it is, or one that is changed.</summary>
    public async Task ConfigureAsync(Func<string, string>? change = null)
    {
        // Moved there whole: it is read at any time.
        var beside = Proxy.ConfigFile + ".new";
        await File.WriteAllTextAsync(beside, change is null ? _configuration : change(_configuration));
        File.Move(beside, Proxy.ConfigFile, overwrite: true);
    }

    /// <summary>Writes a configuration with another section of the guard, or the one it has, and has it taken at once.</summary>
    public async Task GuardAsync(string? guard = null)
    {
        await ConfigureAsync(configuration => configuration.Replace(EnforcedGuard, guard ?? EnforcedGuard, StringComparison.Ordinal));
        using var admin = new EngineApi(Proxy.AdminSocket);
        await admin.PostAsync("/v1/reload");
    }

    /// <summary>A configuration in which the guard only observes.</summary>
    public static string Observing(string configuration) => configuration.Replace(EnforcedGuard, ObservingGuard, StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        Relay.Dispose();
        await Engine.DisposeAsync();
    }
}
