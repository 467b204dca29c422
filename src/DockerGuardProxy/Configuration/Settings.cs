using System.Collections.Immutable;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using Microsoft.Extensions.Logging;
using static DockerGuardProxy.Configuration.ValueKinds;

namespace DockerGuardProxy.Configuration;

/// <summary>
/// Every setting, spelled once, in the order of the file. Reading, checking, writing, comparing, the options of <c>run</c>, the shipped file
/// and the reference (docs/configuration.md) all follow this list; defaults are those of the options' own.
/// </summary>
internal static class Settings
{
    /// <summary>What the guard has in common for all kinds of calls, and what the policy of each may set otherwise.</summary>
    public static ImmutableArray<Setting<GuardPolicy>> Policy { get; } =
    [
        .. new SettingTable<GuardPolicy>
        {
            { "mode", Choice<GuardMode>(), p => p.Mode, (p, v) => p with { Mode = v },
                "off: every call passes. observe: decide and report, but forward all the same. enforce: decide and act." },
            { "patience", Time(TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1)), p => p.Patience, (p, v) => p with { Patience = v },
                "How long there must be evidence before a container counts as stuck. 11s: dockerd's own second SIGKILL comes 10 s after the first." },
            { "maxWait", Time(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)), p => p.MaxWait, (p, v) => p with { MaxWait = v },
                "How long a caller waits, from its arrival, where /proc can't be read." },
            { "repeatHold", Times(TimeSpan.Zero, TimeSpan.FromHours(1)), p => p.RepeatHold, (p, v) => p with { RepeatHold = v },
                "How long the first, second, third ... repeat on a stuck container is kept before it is refused; the last entry serves all that follow." },
            { "maxInFlight", Integer(1, 64), p => p.MaxInFlight, (p, v) => p with { MaxInFlight = v },
                "How many calls may be open at the engine per container, escalations aside. While the engine does not say in time whom a name "
                    + "means, so many more calls for that container are forwarded, and the others wait until it says." },
            { "maxWaiting",
                "How many callers may wait, held or joined. Beyond, a call on a stuck container is refused at once, one that would be held otherwise is "
                    + "forwarded, also past maxInFlight, and one that would join an open call joins it all the same: a copy costs the engine nothing." },
            { "maxWaiting.container", Integer(0, 1_000_000), p => p.MaxWaitingPerContainer, (p, v) => p with { MaxWaitingPerContainer = v },
                "Per container." },
            { "maxWaiting.node", Integer(0, 1_000_000), p => p.MaxWaitingOnNode, (p, v) => p with { MaxWaitingOnNode = v },
                "On the whole node." },
            { "backoff", Times(TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)), p => p.Backoff, (p, v) => p with { Backoff = v },
                "Pause after the first, second ... attempt in vain; the last entry serves all that follow." },
        },
    ];

    /// <summary>Everything.</summary>
    public static ImmutableArray<Setting<ProxyConfiguration>> All { get; } =
    [
        .. new SettingTable<ProxyConfiguration>
        {
            { "version", FormatVersion, _ => ProxyConfiguration.Version, (c, _) => c, "The format of this file." },
        },
        .. Section(
            "listen", "The socket that clients use in place of the engine's own.", needsRestart: true,
            c => c.Listen, (c, v) => c with { Listen = v }, new SettingTable<ListenOptions>
            {
                { "path", SocketPath, o => o.Path, (o, v) => o with { Path = v },
                    "Absolute path, at most 107 bytes. A stale socket file is replaced.", new("--listen", "PATH", "Socket that clients use") },
                { "mode", OctalMode, o => o.Mode, (o, v) => o with { Mode = v }, "Octal permissions of the socket file." },
                { "owner", Account, o => o.Owner, (o, v) => o with { Owner = v }, "User name or number; \"\" leaves the owner as created." },
                { "group", Account, o => o.Group, (o, v) => o with { Group = v }, "Group name or number; \"\" leaves the group as created." },
            }),
        .. Section(
            "engine", "The engine behind the proxy.", needsRestart: true,
            c => c.Engine, (c, v) => c with { Engine = v }, new SettingTable<EngineOptions>
            {
                { "path", SocketPath, o => o.Path, (o, v) => o with { Path = v },
                    "The socket that dockerd listens on.", new("--engine", "PATH", "The engine's socket") },
                { "pidFile", PathOrNothing, o => o.PidFile, (o, v) => o with { PidFile = v },
                    "dockerd's pid file, to watch its descriptors and memory; \"\" for none." },
            }),
        .. Section(
            "admin", "The operator's side.", needsRestart: true,
            c => c.Admin, (c, v) => c with { Admin = v }, new SettingTable<AdminOptions>
            {
                { "path", SocketPathOrNothing, o => o.Path, (o, v) => o with { Path = v },
                    "The socket that `docker-guard-proxy status` asks; \"\" for none.", new("--admin", "PATH", "Socket for status and control") },
                { "metrics", LoopbackOrNothing, o => o.Metrics, (o, v) => o with { Metrics = v },
                    "Address and port for Prometheus, such as \"127.0.0.1:9417\"; \"\" for none." },
            }),
        .. Section(
            "guard",
            "What is done with stop, kill, restart and forced removal of containers that SIGKILL cannot end. "
            + "While the file /etc/docker-guard-proxy/off exists the guard is off, whatever is said here.",
            needsRestart: false, c => c.Guard.Common, (c, v) => c with { Guard = c.Guard with { Common = v } }, Policy),
        Setting<ProxyConfiguration>.Head(
            "guard.policies",
            "stop, kill, restart and remove may each set any of the above anew: { \"mode\": \"observe\", \"maxInFlight\": 1 }. The others have settings of "
            + "their own. Where the guard's own mode is off, all are."),
        .. CallTable.Docker.Of(Family.Ending).SelectMany(Overrides),
        .. FamilySettings.Policies.Select(row => row.In<ProxyConfiguration>(
            "guard.policies", c => c.Guard.Families, (c, v) => c with { Guard = c.Guard with { Families = v } }, needsRestart: false)),
        .. Section(
            "guard.exempt", "What is out of every policy: its calls are only passed on.", needsRestart: false,
            c => c.Guard.Exempt, (c, v) => c with { Guard = c.Guard with { Exempt = v } }, FamilySettings.Exempt),
        .. Section(
            "log", "The log goes to standard error, under systemd to the journal.", needsRestart: false,
            c => c.Log, (c, v) => c with { Log = v }, new SettingTable<LogOptions>
            {
                { "level", Choice<LogLevel>(), o => o.Level, (o, v) => o with { Level = v },
                    "The least level that is logged: trace, debug, information, warning, error, critical or none. debug adds each decision of the guard.",
                    new("--log-level", "LEVEL", "The least level that is logged") },
            }),
        .. Section(
            "telemetry", "Traces and metrics by OpenTelemetry.", needsRestart: true,
            c => c.Telemetry, (c, v) => c with { Telemetry = v }, new SettingTable<TelemetryOptions>
            {
                { "otlp", "Sent by OTLP." },
                { "otlp.endpoint", UriOrNothing, o => o.OtlpEndpoint, (o, v) => o with { OtlpEndpoint = v },
                    "http or https URI, such as \"http://127.0.0.1:4317\"; \"\" leaves it to the standard OTEL_* variables." },
                { "otlp.protocol", Choice<OtlpProtocol>(p => p == OtlpProtocol.Grpc ? "grpc" : "http/protobuf"),
                    o => o.OtlpProtocol, (o, v) => o with { OtlpProtocol = v },
                    "grpc or http/protobuf." },
                { "forwardedRatio", Ratio, o => o.ForwardedRatio, (o, v) => o with { ForwardedRatio = v },
                    "The part of the plainly forwarded calls whose spans are exported, from 0 to 1; those of joined, held, refused and given-up calls "
                    + "always are." },
            }),
        .. Section(
            "shutdown", "The way out.", needsRestart: false,
            c => c.Shutdown, (c, v) => c with { Shutdown = v }, new SettingTable<ShutdownOptions>
            {
                { "drain", Time(TimeSpan.Zero, TimeSpan.FromHours(1)), o => o.Drain, (o, v) => o with { Drain = v },
                    "Time that streams and slow calls get after SIGTERM. Nobody accepts meanwhile, so new callers wait as long; calls that are about to "
                    + "be answered get a second in any case." },
            }),
    ];

    /// <summary>Names of the sections at the top.</summary>
    public static ImmutableHashSet<string> Sections { get; } = [.. All.Where(s => s.IsSection && s.Section == s.Key).Select(s => s.Key)];

    private static IEnumerable<Setting<ProxyConfiguration>> Section<T>(
        string key, string comment, bool needsRestart,
        Func<ProxyConfiguration, T> get, Func<ProxyConfiguration, T, ProxyConfiguration> set, IEnumerable<Setting<T>> rows) =>
        rows.Select(row => row.In(key, get, set, needsRestart)).Prepend(Setting<ProxyConfiguration>.Head(key, comment, needsRestart));

    private static IEnumerable<Setting<ProxyConfiguration>> Overrides(CallRow row) => Section(
        $"guard.policies.{row.Name}", $"{row.Method} {row.Route}{row.Which}", needsRestart: false,
        c => c.Guard.Overrides[row.Operation!.Value],
        (c, v) => c with { Guard = c.Guard with { Overrides = c.Guard.Overrides.With(row.Operation!.Value, v) } },
        Policy.Select(PolicyOverrides.Setting));
}
