using System.Collections.Immutable;
using System.Text;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Files;
using DockerGuardProxy.Guard;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DockerGuardProxy.Tests.Configuration;

public sealed class ConfigurationLoaderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<string> _variables = [];

    public void Dispose()
    {
        _folder.Dispose();
        foreach (var name in _variables)
            Environment.SetEnvironmentVariable(name, null);
    }

    [Fact]
    public void Nothing_said_gives_the_defaults()
    {
        var loaded = Load("{}");
        Assert.True(loaded.IsValid);
        Assert.Empty(ConfigurationJson.Compare(ProxyConfiguration.Default, loaded.Configuration));
    }

    [Fact]
    public void Reads_every_setting()
    {
        var loaded = Load("""
            {
              "version": 1, // comments and a trailing comma are allowed
              "listen": { "path": "/run/a.sock", "mode": "600", "owner": "dock-er_1", "group": "998" },
              "engine": { "path": "/run/b.sock", "pidFile": "" },
              "admin": { "path": "", "metrics": "[::1]:9417" },
              "guard": {
                "mode": "Observe", "patience": "1m", "maxWait": "2m", "repeatHold": ["1s", "0"], "maxInFlight": "3",
                "maxWaiting": { "container": 0, "node": 7 }, "backoff": ["1h"],
                "policies": {
                  "kill": { "mode": "off" },
                  "restart": { "patience": "5s", "maxWaiting": { "node": 1 }, "backoff": ["9s", "10s"] },
                  "remove": null
                }
              },
              "log": { "level": "Debug" },
              "telemetry": { "otlp": { "endpoint": "https://collector:4318", "protocol": "http/protobuf" }, "forwardedRatio": 0.5 },
              "shutdown": { "drain": "1m30s" },
            }
            """);

        Assert.Empty(loaded.Errors);
        var c = loaded.Configuration;
        Assert.Equal(new ListenOptions("/run/a.sock", UnixFileMode.UserRead | UnixFileMode.UserWrite, "dock-er_1", "998"), c.Listen);
        Assert.Equal(new EngineOptions("/run/b.sock", ""), c.Engine);
        Assert.Equal(new AdminOptions("", "[::1]:9417"), c.Admin);
        Assert.Equal(new TelemetryOptions("https://collector:4318", OtlpProtocol.HttpProtobuf, 0.5), c.Telemetry);
        Assert.Equal(TimeSpan.FromSeconds(90), c.Shutdown.Drain);
        Assert.Equal(LogLevel.Debug, c.Log.Level);

        var stop = c.Guard.Policies.For(Operation.Stop);
        Assert.Equal(
            (GuardMode.Observe, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2), 3, 0, 7),
            (stop.Mode, stop.Patience, stop.MaxWait, stop.MaxInFlight, stop.MaxWaitingPerContainer, stop.MaxWaitingOnNode));
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.Zero], stop.RepeatHold);
        Assert.Equal([TimeSpan.FromHours(1)], stop.Backoff);
        Assert.Equal(GuardMode.Off, c.Guard.Policies.For(Operation.Kill).Mode);
        var restart = c.Guard.Policies.For(Operation.Restart);
        Assert.Equal(
            (GuardMode.Observe, TimeSpan.FromSeconds(5), 0, 1),
            (restart.Mode, restart.Patience, restart.MaxWaitingPerContainer, restart.MaxWaitingOnNode));
        Assert.Equal([TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(10)], restart.Backoff);
        Assert.Equal(stop, c.Guard.Policies.For(Operation.Remove));
    }

    [Fact]
    public void The_command_line_beats_the_environment_beats_the_file()
    {
        Set("GUARD__PATIENCE", "2s");
        Set("guard__maxWait", "2s");
        var loaded = Load(
            """{ "guard": { "patience": "1s", "maxWait": "1s", "maxInFlight": 9 } }""",
            _folder.Sources with { CommandLine = CommandLine(("guard.patience", "3s")) });
        Assert.Empty(loaded.Errors);
        var common = loaded.Configuration.Guard.Common;
        Assert.Equal((TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2), 9), (common.Patience, common.MaxWait, common.MaxInFlight));
    }

    [Fact]
    public void A_list_is_taken_whole_from_the_strongest_source()
    {
        Set("GUARD__BACKOFF__0", "7s");
        Set("GUARD__REPEATHOLD", "1s, 2s");
        var common = Load("""{ "guard": { "backoff": ["1s", "2s", "3s"], "repeatHold": ["9s"] } }""").Configuration.Guard.Common;
        Assert.Equal([TimeSpan.FromSeconds(7)], common.Backoff);
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)], common.RepeatHold);
    }

    [Theory]
    [InlineData("""{ "version": 2 }""", "version: \"2\" is not a version that this program reads: it must be 1")]
    [InlineData("""{ "guard": "on" }""", "guard: must be an object")]
    [InlineData("""{ "guard": [] }""", "guard: must be an object")]
    [InlineData("""{ "guard": { "mode": "enforced" } }""", "guard.mode: \"enforced\" is none of off, observe, enforce")]
    [InlineData("""{ "guard": { "mode": { "stop": "off" } } }""", "guard.mode: must be one value, not an object or a list")]
    [InlineData("""{ "guard": { "patience": 11 } }""", "guard.patience: \"11\" is not a duration such as 5s, 1m30s or 500ms")]
    [InlineData("""{ "guard": { "patience": "" } }""", "guard.patience: \"\" is not a duration such as 5s, 1m30s or 500ms")]
    [InlineData("""{ "guard": { "patience": "2h" } }""", "guard.patience: 2h is not from 100ms to 1h")]
    [InlineData("""{ "guard": { "patience": ["1s"] } }""", "guard.patience: must be one value, not an object or a list")]
    [InlineData("""{ "guard": { "maxWait": "0" } }""", "guard.maxWait: 0 is not from 1s to 24h")]
    [InlineData("""{ "guard": { "repeatHold": [] } }""", "guard.repeatHold: must have 1 to 32 entries")]
    [InlineData("""{ "guard": { "repeatHold": ["1s", null] } }""", "guard.repeatHold[1]: \"\" is not a duration such as 5s, 1m30s or 500ms")]
    [InlineData("""{ "guard": { "backoff": ["30s", "x"] } }""", "guard.backoff[1]: \"x\" is not a duration such as 5s, 1m30s or 500ms")]
    [InlineData("""{ "guard": { "backoff": ["0s"] } }""", "guard.backoff[0]: 0s is not from 100ms to 24h")]
    [InlineData("""{ "guard": { "maxInFlight": 0 } }""", "guard.maxInFlight: \"0\" is not a whole number from 1 to 64")]
    [InlineData("""{ "guard": { "maxInFlight": 1.5 } }""", "guard.maxInFlight: \"1.5\" is not a whole number from 1 to 64")]
    [InlineData("""{ "guard": { "maxInFlight": true } }""", "guard.maxInFlight: \"True\" is not a whole number from 1 to 64")]
    [InlineData("""{ "guard": { "maxWaiting": 5 } }""", "guard.maxWaiting: must be an object")]
    [InlineData("""{ "guard": { "maxWaiting": { "node": -1 } } }""", "guard.maxWaiting.node: \"-1\" is not a whole number from 0 to 1000000")]
    [InlineData(
        """{ "guard": { "maxWaiting": { "container": 99999999999 } } }""",
        "guard.maxWaiting.container: \"99999999999\" is not a whole number from 0 to 1000000")]
    [InlineData(
        """{ "guard": { "policies": { "stop": { "patience": "x" } } } }""",
        "guard.policies.stop.patience: \"x\" is not a duration such as 5s, 1m30s or 500ms")]
    [InlineData("""{ "listen": { "path": "docker.sock" } }""", "listen.path: \"docker.sock\" is not the absolute path of a file")]
    [InlineData("""{ "listen": { "path": "" } }""", "listen.path: \"\" is not the absolute path of a file")]
    [InlineData("""{ "listen": { "path": "/run/" } }""", "listen.path: \"/run/\" is not the absolute path of a file")]
    [InlineData("""{ "listen": { "path": "unix:///run/x" } }""", "listen.path: \"unix:///run/x\" must be the path alone, without unix://")]
    [InlineData("""{ "listen": { "path": "/run/\u0000x" } }""", "listen.path: must not hold a zero byte")]
    [InlineData("""{ "listen": { "path": "/run/docker.sock" } }""", "listen.path: is the engine's own socket (engine.path)")]
    [InlineData("""{ "listen": { "mode": "888" } }""", "listen.mode: \"888\" is not an octal mode from 0000 to 0777, such as 0660")]
    [InlineData("""{ "listen": { "mode": "4755" } }""", "listen.mode: \"4755\" is not an octal mode from 0000 to 0777, such as 0660")]
    [InlineData("""{ "listen": { "mode": "rw" } }""", "listen.mode: \"rw\" is not an octal mode from 0000 to 0777, such as 0660")]
    [InlineData("""{ "listen": { "group": "doc ker" } }""", "listen.group: \"doc ker\" is no name or number of a user or group")]
    [InlineData("""{ "listen": { "owner": "a\n" } }""", "listen.owner: \"a\\u000a\" is no name or number of a user or group")]
    [InlineData("""{ "engine": { "path": "tcp://1.2.3.4" } }""", "engine.path: \"tcp://1.2.3.4\" is not the absolute path of a file")]
    [InlineData("""{ "engine": { "pidFile": "docker.pid" } }""", "engine.pidFile: \"docker.pid\" is not the absolute path of a file")]
    [InlineData("""{ "admin": { "path": "x" } }""", "admin.path: \"x\" is not the absolute path of a file")]
    [InlineData("""{ "admin": { "path": "/run/docker-guard-proxy/docker.sock" } }""", "admin.path: is also listen.path")]
    [InlineData("""{ "admin": { "path": "/run/docker.sock" } }""", "admin.path: is also engine.path")]
    [InlineData("""{ "admin": { "metrics": "127.0.0.1" } }""", "admin.metrics: \"127.0.0.1\" is not an IP address and port, such as 127.0.0.1:9417")]
    [InlineData(
        """{ "admin": { "metrics": "10.0.0.1:9417" } }""", "admin.metrics: \"10.0.0.1:9417\" is not a loopback address, such as 127.0.0.1:9417")]
    [InlineData("""{ "telemetry": { "forwardedRatio": 1.5 } }""", "telemetry.forwardedRatio: \"1.5\" is not a number from 0 to 1")]
    [InlineData(
        """{ "admin": { "metrics": "localhost:1" } }""", "admin.metrics: \"localhost:1\" is not an IP address and port, such as 127.0.0.1:9417")]
    [InlineData("""{ "telemetry": { "otlp": { "endpoint": "collector:4317" } } }""", "telemetry.otlp.endpoint: \"collector:4317\" is not an http or https URI, such as http://127.0.0.1:4317")]
    [InlineData(
        """{ "telemetry": { "otlp": { "endpoint": "http://me:secret@x" } } }""",
        "telemetry.otlp.endpoint: must not hold a user or password; use OTEL_EXPORTER_OTLP_HEADERS")]
    [InlineData("""{ "telemetry": { "otlp": { "protocol": "json" } } }""", "telemetry.otlp.protocol: \"json\" is none of grpc, http/protobuf")]
    [InlineData("""{ "log": { "level": "loud" } }""", "log.level: \"loud\" is none of trace, debug, information, warning, error, critical, none")]
    [InlineData("""{ "log": { "level": 1 } }""", "log.level: \"1\" is none of trace, debug, information, warning, error, critical, none")]
    [InlineData("""{ "log": "debug" }""", "log: must be an object")]
    [InlineData("""{ "shutdown": { "drain": "61m" } }""", "shutdown.drain: 61m is not from 0s to 1h")]
    [InlineData("""{ "gaurd": {} }""", "gaurd: unknown key; did you mean guard?")]
    [InlineData("""{ "guard": { "patiense": "1s" } }""", "guard.patiense: unknown key; did you mean guard.patience?")]
    [InlineData(
        """{ "guard": { "policies": { "stop": { "maxInflights": 1 } } } }""",
        "guard.policies.stop.maxInflights: unknown key; did you mean guard.policies.stop.maxInFlight?")]
    [InlineData("""{ "guard": { "policies": { "delete": {} } } }""", "guard.policies.delete: unknown key")]
    [InlineData("""{ "maxInFlight": 1 }""", "maxInFlight: unknown key; did you mean guard.maxInFlight?")]
    [InlineData("""{ "a\u001b[31mb\n": 1 }""", @"a\u001b[31mb\u000a: unknown key")]
    public void Tells_what_is_wrong(string json, string error) => Assert.Equal([error], Load(json).Errors.Select(e => e.ToString()));

    [Fact]
    public void A_path_too_long_for_a_socket_is_an_error()
    {
        Assert.True(Load($$"""{ "listen": { "path": "/{{new string('x', 106)}}" } }""").IsValid);
        Assert.Equal("listen.path", Assert.Single(Load($$"""{ "listen": { "path": "/{{new string('x', 107)}}" } }""").Errors).Key);
    }

    [Fact]
    public void Lists_every_error_at_once()
    {
        Set("SHUTDOWN__DRAIN", "soon");
        Set("SHUTDOWN__DRIAN", "1s");
        var loaded = Load(
            """{ "version": 3, "listen": { "mode": "x" }, "guard": { "mode": "x", "polices": {}, "backoff": ["a", "1s", "b"] } }""",
            _folder.Sources with { CommandLine = CommandLine(("engine.path", "relative")) });
        Assert.Equal(
            [
                "version", "listen.mode", "engine.path", "guard.mode", "guard.backoff[0]", "guard.backoff[2]", "shutdown.drain",
                "guard.polices", "shutdown.DRIAN",
            ],
            loaded.Errors.Select(e => e.Key));
        Assert.EndsWith("(from the environment)", loaded.Errors.Single(e => e.Key == "shutdown.drain").Message, StringComparison.Ordinal);
        Assert.EndsWith("(from the command line)", loaded.Errors.Single(e => e.Key == "engine.path").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_an_error_only_if_named()
    {
        var missing = new FileContent(null, "No such file or directory", true);
        var loaded = ConfigurationLoader.Load(_folder.Sources, missing);
        Assert.True(loaded is { IsValid: true, FileIsUsable: true });
        Assert.Empty(ConfigurationJson.Compare(ProxyConfiguration.Default, loaded.Configuration));

        var named = ConfigurationLoader.Load(_folder.Sources with { FileIsNamed = true }, missing);
        Assert.False(named.FileIsUsable);
        Assert.Equal($"{_folder.Sources.File}: cannot be read: No such file or directory", Assert.Single(named.Errors).ToString());
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("{ \"guard\": { \"mode\": \"obs", "cannot be parsed: ")]
    [InlineData("[]", "cannot be parsed: ")]
    [InlineData("{} {}", "cannot be parsed: ")]
    [InlineData("{ \"version\": 1, \"Version\": 1 }", "cannot be parsed: A duplicate key")]
    [InlineData("\0\u001b[2J", "cannot be parsed: ")]
    public void A_file_that_is_no_json_is_one_error_beside_those_of_other_sources(string text, string problem)
    {
        Set("GUARD__MODE", "nonsense");
        var loaded = Load(text);
        Assert.False(loaded.FileIsUsable);
        Assert.Equal(["", "guard.mode"], loaded.Errors.Select(e => e.Key));
        Assert.StartsWith($"{_folder.Sources.File}: {problem}", loaded.Errors[0].Message, StringComparison.Ordinal);
        Assert.All(loaded.Errors[0].Message, c => Assert.InRange(c, ' ', '~'));
    }

    [Fact]
    public void Garbage_of_any_kind_is_an_error_and_no_fault()
    {
        var bytes = new byte[SmallFile.MaxBytes];
        new Random(1).NextBytes(bytes);
        Assert.False(Load(bytes).FileIsUsable);
        Array.Fill(bytes, (byte)'[');
        Assert.False(Load(bytes).FileIsUsable);
        // Valid JSON, as wrong as it can be.
        var keys = string.Join(",", Enumerable.Range(0, 50_000).Select(i => $"\"key{i}\":{i}"));
        Assert.Equal(50_000, Load($"{{ \"guard\": {{ {keys} }} }}").Errors.Length);
    }

    [Fact]
    public void A_byte_order_mark_is_skipped() =>
        Assert.Equal(GuardMode.Off, Load([0xEF, 0xBB, 0xBF, .. """{"guard":{"mode":"off"}}"""u8]).Configuration.Guard.Common.Mode);

    private static ImmutableDictionary<string, string?> CommandLine(params (string Key, string Value)[] settings) =>
        settings.ToImmutableDictionary(s => s.Key, string? (s) => s.Value);

    private void Set(string name, string value)
    {
        _variables.Add(_folder.Sources.EnvironmentPrefix + name);
        Environment.SetEnvironmentVariable(_variables[^1], value);
    }

    private LoadedConfiguration Load(string json, ConfigurationSources? sources = null) => Load(Encoding.UTF8.GetBytes(json), sources);

    private LoadedConfiguration Load(byte[] json, ConfigurationSources? sources = null) =>
        ConfigurationLoader.Load(sources ?? _folder.Sources, new FileContent(json, null, false));
}
