using System.Collections.Immutable;
using DockerGuardProxy.Guard;

namespace DockerGuardProxy.Configuration;

/// <summary>
/// Turns a <see cref="ConfigurationTree"/> into options and lists everything that is wrong with it. This class is the one place that
/// knows all keys and their bounds. A setting that is wrong has its default in the result.
/// </summary>
internal sealed class OptionsReader
{
    private readonly List<ConfigurationError> _errors = [];

    /// <summary>Every key that exists.</summary>
    public KnownKeys Known { get; } = new();

    /// <summary>Reads everything.</summary>
    public (ProxyConfiguration Configuration, ImmutableArray<ConfigurationError> Errors) Read(ConfigurationTree tree)
    {
        var root = new SectionReader(tree, "", Known, _errors);
        root.Text("version", v => v == "1" ? null : $"\"{LogText.Escape(v)}\" is not a version that this program reads: it must be 1");
        var configuration = new ProxyConfiguration(
            Listen(root.Section("listen")),
            Engine(root.Section("engine")),
            Admin(root.Section("admin")),
            Guard(root.Section("guard")),
            Telemetry(root.Section("telemetry")),
            new ShutdownOptions(root.Section("shutdown").Time("drain", TimeSpan.Zero, TimeSpan.FromHours(1)) ?? ShutdownOptions.Default.Drain));
        Compare(root, configuration);
        _errors.AddRange(Known.Unknown(tree.Root));
        return (configuration, [.. _errors]);
    }

    private static ListenOptions Listen(SectionReader section) => new(
        section.Text("path", Check.SocketPath) ?? ListenOptions.Default.Path,
        section.Text("mode", Check.FileMode) is { } mode ? (UnixFileMode)Convert.ToInt32(mode, 8) : ListenOptions.Default.Mode,
        section.Text("owner", Check.Account) ?? ListenOptions.Default.Owner,
        section.Text("group", Check.Account) ?? ListenOptions.Default.Group);

    private static EngineOptions Engine(SectionReader section) => new(
        section.Text("path", Check.SocketPath) ?? EngineOptions.Default.Path,
        section.Text("pidFile", Check.PathOrNothing) ?? EngineOptions.Default.PidFile);

    private static AdminOptions Admin(SectionReader section) => new(
        section.Text("path", Check.SocketPathOrNothing) ?? AdminOptions.Default.Path,
        section.Text("metrics", Check.LoopbackOrNothing) ?? AdminOptions.Default.Metrics);

    private static TelemetryOptions Telemetry(SectionReader section)
    {
        var otlp = section.Section("otlp");
        return new TelemetryOptions(
            otlp.Text("endpoint", Check.UriOrNothing) ?? TelemetryOptions.Default.OtlpEndpoint,
            otlp.Choice("protocol", ("grpc", OtlpProtocol.Grpc), ("http/protobuf", OtlpProtocol.HttpProtobuf))
                ?? TelemetryOptions.Default.OtlpProtocol,
            section.Part("forwardedRatio") ?? TelemetryOptions.Default.ForwardedRatio);
    }

    private static GuardOptions Guard(SectionReader section)
    {
        var common = Policy(section).On(GuardPolicy.Default);
        var policies = section.Section("policies");
        return new GuardOptions(
            common,
            Policy(policies.Section("stop")),
            Policy(policies.Section("kill")),
            Policy(policies.Section("restart")),
            Policy(policies.Section("remove")));
    }

    private static PolicyOverrides Policy(SectionReader section)
    {
        var waiting = section.Section("maxWaiting");
        return new PolicyOverrides
        {
            Mode = section.Choice("mode", ("off", GuardMode.Off), ("observe", GuardMode.Observe), ("enforce", GuardMode.Enforce)),
            Patience = section.Time("patience", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)),
            MaxWait = section.Time("maxWait", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            RepeatHold = section.Times("repeatHold", TimeSpan.Zero, TimeSpan.FromHours(1)),
            MaxInFlight = section.Integer("maxInFlight", 1, 64),
            MaxWaitingPerContainer = waiting.Integer("container", 0, 1_000_000),
            MaxWaitingOnNode = waiting.Integer("node", 0, 1_000_000),
            Backoff = section.Times("backoff", TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)),
        };
    }

    /// <summary>One socket for two ends would be a loop, or the loss of the engine's own socket file.</summary>
    private static void Compare(SectionReader root, ProxyConfiguration configuration)
    {
        var (listen, engine, admin) = (configuration.Listen.Path, configuration.Engine.Path, configuration.Admin.Path);
        if (Check.IsSamePath(listen, engine))
            root.Fail("listen:path", "is the engine's own socket (engine.path)");
        if (Check.IsSamePath(admin, listen))
            root.Fail("admin:path", "is also listen.path");
        if (Check.IsSamePath(admin, engine))
            root.Fail("admin:path", "is also engine.path");
    }
}
