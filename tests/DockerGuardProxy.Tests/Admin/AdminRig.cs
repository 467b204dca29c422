using System.Net.Sockets;
using DockerGuardProxy.Admin;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Probe;
using DockerGuardProxy.Streams;
using DockerGuardProxy.Telemetry;
using DockerGuardProxy.Tests.Configuration;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Guard;
using DockerGuardProxy.Tests.Guard.Permits;
using DockerGuardProxy.Tests.Probe;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DockerGuardProxy.Tests.Admin;

/// <summary>An admin server on a socket of its own, in front of a ledger whose engine and clock the test moves.</summary>
internal sealed class AdminRig : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly LoggerFactory _loggers;
    private readonly List<AdminServer> _servers = [];

    public AdminRig(string configuration = "{}")
    {
        _loggers = new LoggerFactory([new Provider(Log)]);
        Decisions = new DecisionHistory(Guard.Time);
        Guard.Observer = Decisions;
        Store = ConfigurationStore.Start(Folder.With(configuration).Sources, Guard.Time, Log);
        PileUp = new PileUpWatch(Guard.Time);
        Bypass = new BypassWatch(Index, Guard.Time);
        Vitals = new EngineVitalsWatch(Engine, Engine, new EngineVitalsReader(new ProcRoot(Proc.Root.Proc), Folder["engine.sock"]), Guard.Time);
        var loops = new AcceptLoops();
        loops.Add(new UnixDomainSocketEndPoint(ListenOptions.Default.Path)).Bind(ListenOptions.Default.Path);
        var source = new StatusSource(
            Store, loops, Guard.Ledger, Index, new Prober(new ProbeOptions(), Guard.Time), Faults, Vitals, PileUp, Permits.Keeper, Bypass, Stalled,
            Guard.Time);
        Source = source;
        Telemetry = new TelemetryPipeline(
            new ExportOptions(TelemetryOptions.Default, _ => null), Guard.Time, _services, _loggers.CreateLogger<TelemetryPipeline>());
        Application = new AdminApplication(
            new AdminApi(source, Decisions, Store, Index, Guard.Ledger, _loggers.CreateLogger<AdminApi>()), Telemetry,
            _loggers.CreateLogger<AdminApplication>());
    }

    public TempFolder Folder { get; } = new();

    public RecordingLogger Log { get; } = new();

    public LedgerRig Guard { get; } = new();

    public FaultCount Faults { get; } = new();

    public StalledStreams Stalled { get; } = new(new RestBudget());

    public DecisionHistory Decisions { get; }

    public FakeEngine Engine { get; } = new();

    public FakeProc Proc { get; } = new();

    public EngineVitalsWatch Vitals { get; }

    public PileUpWatch PileUp { get; }

    public PermitRig Permits { get; } = new();

    public BypassWatch Bypass { get; }

    public ContainerIndex Index { get; } = new(NullLogger<ContainerIndex>.Instance);

    public ConfigurationStore Store { get; }

    public StatusSource Source { get; }

    public ILoggerFactory Loggers => _loggers;

    public TelemetryPipeline Telemetry { get; }

    public AdminApplication Application { get; }

    public string Path => Folder["admin.sock"];

    public static async Task<AdminRig> StartAsync(string configuration = "{}")
    {
        var rig = new AdminRig(configuration);
        await rig.ServeAsync();
        return rig;
    }

    /// <summary>Starts a server, also where another one is.</summary>
    public async Task<AdminServer> ServeAsync(string? path = null)
    {
        var server = new AdminServer(path ?? Path, Application, _services, _loggers);
        _servers.Add(server);
        await server.StartAsync(Samples.Cancel);
        return server;
    }

    public void TakeList(params ListedContainer[] list)
    {
        Index.BeginList();
        Index.EndList(list);
    }

    /// <summary>The container is stuck: two calls, of which one waits; a minute later its attempt has ended in vain, and back-off runs.</summary>
    public void BecomeStuck(DiagnosisKind kind = DiagnosisKind.DState, params StuckTask[] tasks)
    {
        Guard.Finds = tasks.Length == 0 ? LedgerRig.DState : new Diagnosis(kind, [.. tasks]);
        Guard.GivesUpAfter = TimeSpan.FromSeconds(14);
        Guard.Kill();
        Guard.Advance(20);
        Guard.Kill();
    }

    public async Task<AdminAnswer> AskAsync(HttpMethod method, string path)
    {
        using var client = new AdminClient(Path);
        return await client.AskAsync(method, path, Samples.Cancel);
    }

    /// <summary>A bare connection.</summary>
    public Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Path));
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        foreach (var server in _servers)
        {
            await server.StopAsync(now.Token);
            server.Dispose();
        }

        Vitals.Dispose();
        Proc.Dispose();
        Telemetry.Dispose();
        Guard.Dispose();
        Permits.Dispose();
        _loggers.Dispose();
        await _services.DisposeAsync();
        Folder.Dispose();
    }

    private sealed class Provider(RecordingLogger log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("DockerGuardProxy", StringComparison.Ordinal) ? log : NullLogger.Instance;

        public void Dispose()
        {
        }
    }
}
