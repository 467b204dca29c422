using System.Collections.Immutable;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Hosting;
using DockerGuardProxy.Telemetry;
using DockerGuardProxy.Tests.Configuration;
using DockerGuardProxy.Tests.Guard;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Hosting;

public sealed class LogLevelSwitchTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RecordingLogger _log = new();
    private readonly LogLevelSwitch _level = new();
    private readonly ILoggerFactory _factory;

    public LogLevelSwitchTests() => _factory = LoggerFactory.Create(logging =>
    {
        Daemon.ConfigureLogging(logging, _level);
        logging.ClearProviders().AddProvider(new Provider(_log));
    });

    public void Dispose()
    {
        _factory.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_decision_is_logged_while_the_level_is_debug()
    {
        using var rig = new LedgerRig { Observer = new GuardLog(_factory.CreateLogger<GuardLog>()) };
        var store = Start("{}");
        rig.Kill();
        Assert.Empty(_log.Texts(1204));

        Reload(store, """{ "log": { "level": "debug" } }""");
        rig.Kill();
        Assert.NotEmpty(_log.Texts(1204));

        Reload(store, """{ "log": { "level": "information" } }""");
        _log.Clear();
        rig.Kill();
        Assert.Empty(_log.Texts(1204));
    }

    [Theory]
    [InlineData("trace", LogLevel.Trace)]
    [InlineData("Debug", LogLevel.Debug)]
    [InlineData("information", LogLevel.Information)]
    [InlineData("warning", LogLevel.Warning)]
    [InlineData("error", LogLevel.Error)]
    [InlineData("critical", LogLevel.Critical)]
    [InlineData("none", LogLevel.None)]
    public void It_counts_at_start(string level, LogLevel least)
    {
        Start($$"""{ "log": { "level": "{{level}}" } }""");
        var logger = _factory.CreateLogger<GuardLog>();
        Assert.All(Enum.GetValues<LogLevel>().Except([LogLevel.None]), one => Assert.Equal(one >= least, logger.IsEnabled(one)));
    }

    [Theory]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel.Connections", LogLevel.Critical)]
    [InlineData("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.None)]
    [InlineData("Microsoft.AspNetCore.Hosting", LogLevel.Warning)]
    [InlineData("Anything", LogLevel.Information)]
    public void What_others_log_stays_as_it_is(string category, LogLevel least)
    {
        var logger = _factory.CreateLogger(category);
        foreach (var level in new[] { "trace", "none" })
        {
            Start($$"""{ "log": { "level": "{{level}}" } }""");
            Assert.All(Enum.GetValues<LogLevel>().Except([LogLevel.None]), one => Assert.Equal(one >= least, logger.IsEnabled(one)));
        }
    }

    [Fact]
    public void The_command_line_stays_stronger_when_the_file_changes()
    {
        var store = Start("{}", ImmutableDictionary<string, string?>.Empty.Add("log.level", "error"));
        Reload(store, """{ "log": { "level": "debug" } }""");
        Assert.False(_factory.CreateLogger<GuardLog>().IsEnabled(LogLevel.Warning));
    }

    private ConfigurationStore Start(string json, ImmutableDictionary<string, string?>? commandLine = null)
    {
        var sources = _folder.With(json).Sources;
        var store = ConfigurationStore.Start(
            sources with { CommandLine = commandLine ?? sources.CommandLine }, new FakeTimeProvider(), _factory.CreateLogger<ConfigurationStore>());
        _level.Follow(store);
        return store;
    }

    private void Reload(ConfigurationStore store, string json)
    {
        _folder.With(json);
        Assert.True(store.Reload());
    }

    private sealed class Provider(ILogger logger) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void Dispose()
        {
        }
    }
}
