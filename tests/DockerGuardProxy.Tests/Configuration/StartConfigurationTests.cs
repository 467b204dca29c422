using DockerGuardProxy.Configuration;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Configuration;

public sealed class StartConfigurationTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_good_file_is_used_and_kept()
    {
        var store = Start("""{ "guard": { "patience": "20s" } }""");
        Assert.Equal(TimeSpan.FromSeconds(20), store.Current.Guard.Common.Patience);
        Assert.Equal((ConfigurationOrigin.Asked, null), (store.Status.Origin, store.Status.Failure));
        Assert.Empty(ConfigurationJson.Compare(
            store.Current, ConfigurationLoader.LoadAlone(File.ReadAllBytes(_folder.Sources.LastGood!), "").Configuration));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.Sources.LastGood!));
        Assert.DoesNotContain(_log.Entries, e => e.Level >= LogLevel.Warning);
    }

    [Fact]
    public void Without_a_file_the_defaults_enforce()
    {
        var store = Start(null);
        Assert.Empty(ConfigurationJson.Compare(ProxyConfiguration.Default, store.Current));
        Assert.Single(_log.Texts(1001));
    }

    [Fact]
    public void A_named_file_that_is_missing_means_observe_loudly()
    {
        var store = ConfigurationStore.Start(_folder.Sources with { FileIsNamed = true }, _time, _log);
        AssertObserveOnly(store);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{ \"guard\":")]
    [InlineData("""{ "guard": { "mode": "enforse" } }""")]
    [InlineData("""{ "guard": { "patiense": "1s" } }""")]
    [InlineData("""{ "telemetry": { "otlp": { "protocol": "x" } } }""")]
    [InlineData("""{ "gaurd": {} }""")]
    [InlineData("""{ "version": 2 }""")]
    [InlineData("""{ "guard": { "mode": 5, "policies": { "kill": { "mode": "enforce" } } } }""")]
    public void A_bad_file_and_no_last_good_one_mean_observe_loudly(string json) => AssertObserveOnly(Start(json));

    [Fact]
    public void What_is_right_in_a_bad_file_still_counts()
    {
        var store = Start("""
            { "listen": { "path": "/run/mine.sock" }, "guard": { "patience": "20s", "maxWait": "x", "policies": { "stop": { "mode": "off" } } } }
            """);
        AssertObserveOnly(store);
        Assert.Equal("/run/mine.sock", store.Current.Listen.Path);
        Assert.Equal(TimeSpan.FromSeconds(20), store.Current.Guard.Common.Patience);
        Assert.Equal(GuardMode.Off, store.Current.Guard.Policies.Stop.Mode);
    }

    [Theory]
    [InlineData("""{ "listen": { "path": "/run/new.sock" }, "guard": { "mode": "x" } }""", "/run/new.sock", "1m", "0s")]
    [InlineData("""{ "listen": { "path": "/run/new.sock" }, "gaurd": { } }""", "/run/new.sock", "1m", "7s")]
    [InlineData("""{ "version": 2, "listen": { "path": "/run/new.sock" } }""", "/run/new.sock", "1m", "7s")]
    [InlineData("""{ "listen": { "path": "/run/new.sock" }, "shutdown": { "drain": "x" } }""", "/run/new.sock", "11s", "7s")]
    [InlineData("{ \"listen\": ", "/run/old.sock", "1m", "7s")]
    [InlineData("", "/run/old.sock", "1m", "7s")]
    public void A_bad_section_is_that_of_the_last_good_one(string json, string path, string patience, string drain)
    {
        Start("""{ "listen": { "path": "/run/old.sock" }, "guard": { "patience": "1m" }, "shutdown": { "drain": "7s" } }""");
        _log.Clear();
        _time.Advance(TimeSpan.FromDays(1));
        var store = Start(json);

        Assert.Equal(path, store.Current.Listen.Path);
        Assert.Equal(patience, Duration.Format(store.Current.Guard.Common.Patience));
        Assert.Equal(drain, Duration.Format(store.Current.Shutdown.Drain));
        Assert.Equal(GuardMode.Enforce, store.Current.Guard.Common.Mode);
        Assert.Equal(ConfigurationOrigin.LastGood, store.Status.Origin);
        Assert.Equal(_time.GetUtcNow(), store.Status.Failure!.Time);
        Assert.Contains(_log.Entries, e => e is { Id: 1002, Level: LogLevel.Critical });
        Assert.Equal(store.Status.Failure.Errors.Length, _log.Texts(1004).Count());
    }

    [Fact]
    public void The_command_line_stays_stronger_than_the_last_good_one()
    {
        Start("""{ "listen": { "path": "/run/old.sock" } }""");
        _folder.With("garbage");
        var store = ConfigurationStore.Start(
            _folder.Sources with { CommandLine = _folder.Sources.CommandLine.Add("listen.path", "/run/cli.sock") }, _time, _log);
        Assert.Equal("/run/cli.sock", store.Current.Listen.Path);
    }

    [Fact]
    public void A_last_good_one_that_is_bad_itself_is_not_used()
    {
        File.WriteAllText(_folder.Sources.LastGood!, """{ "guard": { "mode": "off", """);
        AssertObserveOnly(Start("also bad"));
        Assert.Single(_log.Texts(1014));
        Assert.StartsWith("{ \"guard\"", File.ReadAllText(_folder.Sources.LastGood!), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_start_does_not_replace_the_last_good_one()
    {
        Start("""{ "guard": { "patience": "1m" } }""");
        var kept = File.ReadAllBytes(_folder.Sources.LastGood!);
        Start("""{ "guard": { "patience": "2m", "mode": "x" } }""");
        Assert.Equal(kept, File.ReadAllBytes(_folder.Sources.LastGood!));
    }

    [Theory]
    [InlineData("""{ "listen": { "mode": "x" }, "guard": { "mode": "x" } }""")]
    [InlineData("""{ "engine": { "path": "x" }, "guard": { "mode": "x" } }""")]
    [InlineData("""{ "engine": { "sock": "/x" }, "guard": { "mode": "x" } }""")]
    public void A_bad_listen_or_engine_ends_the_process(string json)
    {
        // Not even a last good one helps: it may lead elsewhere.
        Start("{}");
        _log.Clear();
        var e = Assert.Throws<ConfigurationException>(() => Start(json));
        Assert.Equal(2, e.Errors.Length);
        Assert.Equal(2, _log.Texts(1004).Count());
        Assert.Equal(2, ConfigurationException.ExitCode);
    }

    [Fact]
    public void A_folder_that_takes_no_last_good_one_is_only_a_warning()
    {
        File.WriteAllText(_folder["file"], "");
        _folder.With("{}");
        var store = ConfigurationStore.Start(_folder.Sources with { LastGood = _folder["file/below"] }, _time, _log);
        Assert.Equal(ConfigurationOrigin.Asked, store.Status.Origin);
        Assert.Contains(_log.Entries, e => e is { Id: 1013, Level: LogLevel.Warning });
    }

    [Fact]
    public void A_thousand_errors_are_a_hundred_lines()
    {
        Start($$"""{ "guard": { {{string.Join(",", Enumerable.Range(0, 1000).Select(i => $"\"key{i}\": 1"))}} } }""");
        Assert.Equal(100, _log.Texts(1004).Count());
        Assert.Contains("900 more", Assert.Single(_log.Texts(1005)), StringComparison.Ordinal);
    }

    private ConfigurationStore Start(string? json)
    {
        if (json is not null)
            _folder.With(json);
        return ConfigurationStore.Start(_folder.Sources, _time, _log);
    }

    private void AssertObserveOnly(ConfigurationStore store)
    {
        var guard = store.Current.Guard;
        Assert.All(
            [guard.Common, guard.Policies.Stop, guard.Policies.Kill, guard.Policies.Restart, guard.Policies.Remove],
            p => Assert.NotEqual(GuardMode.Enforce, p.Mode));
        Assert.Equal(GuardMode.Observe, guard.Common.Mode);
        Assert.Equal(ConfigurationOrigin.ObserveOnly, store.Status.Origin);
        Assert.NotEmpty(store.Status.Failure!.Errors);
        Assert.Contains(_log.Entries, e => e is { Id: 1003, Level: LogLevel.Critical });
        Assert.Equal(store.Status.Failure.Errors.Length, _log.Texts(1004).Count());
    }
}
