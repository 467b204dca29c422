using System.Runtime.InteropServices;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Guard;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Configuration;

public sealed partial class ConfigurationStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger _log = new();
    private readonly List<ProxyConfiguration> _changes = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_good_change_takes_effect_at_once_and_is_told_key_by_key()
    {
        var store = Start("""{ "guard": { "patience": "20s" } }""");
        var before = store.Current;
        _time.Advance(TimeSpan.FromMinutes(1));
        _folder.With("""{ "guard": { "patience": "30s", "policies": { "kill": { "mode": "observe" } } } }""");
        store.CheckFile();

        Assert.Equal(TimeSpan.FromSeconds(30), store.Current.Guard.Policies.For(Operation.Kill).Patience);
        Assert.Equal(GuardMode.Observe, store.Current.Guard.Policies.For(Operation.Kill).Mode);
        Assert.Equal(TimeSpan.FromSeconds(20), before.Guard.Policies.For(Operation.Kill).Patience);
        Assert.Same(store.Current, Assert.Single(_changes));
        Assert.Equal((_time.GetUtcNow(), 1, 0), (store.Status.LoadedAt, store.Status.Reloads, store.Status.FailedReloads));
        Assert.Equal(
            [
                "Configuration changed: guard.patience: \"20s\" -> \"30s\"",
                "Configuration changed: guard.policies.kill.mode: (not set) -> \"observe\"",
            ],
            _log.Texts(1008));
        Assert.Contains("\"30s\"", File.ReadAllText(_folder.Sources.LastGood!), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bad_change_is_told_whole_and_the_old_one_stays()
    {
        var store = Start("{}");
        var before = store.Current;
        _folder.With("""{ "guard": { "patience": "x", "modes": "off" } }""");
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(store.Reload());

        Assert.Same(before, store.Current);
        Assert.Empty(_changes);
        Assert.Equal(["guard.patience", "guard.modes"], store.Status.Failure!.Errors.Select(e => e.Key));
        Assert.Equal((_time.GetUtcNow(), 1, 0), (store.Status.Failure.Time, store.Status.FailedReloads, store.Status.Reloads));
        Assert.Equal(2, _log.Texts(1004).Count());
        Assert.Single(_log.Texts(1006));

        // Back to what was there: no change, and no failure any more.
        _folder.With("{}");
        store.CheckFile();
        Assert.Null(store.Status.Failure);
        Assert.Empty(_changes);
        Assert.Single(_log.Texts(1010));
    }

    [Fact]
    public void The_same_bad_content_is_told_once()
    {
        var store = Start("{}");
        _folder.With("garbage");
        for (var i = 0; i < 10; i++)
            store.CheckFile();
        Assert.Equal(1, store.Status.FailedReloads);
        Assert.Single(_log.Texts(1006));
    }

    [Fact]
    public void A_half_written_file_is_waited_for()
    {
        var store = Start("{}");
        _folder.With("""{ "guard": { "mode": "obs""");
        store.CheckFile();
        _folder.With("");
        store.CheckFile();
        Assert.Null(store.Status.Failure);
        Assert.Equal(GuardMode.Enforce, store.Current.Guard.Common.Mode);
        Assert.Empty(_log.Entries);

        _folder.With("""{ "guard": { "mode": "observe" } }""");
        store.CheckFile();
        Assert.Equal(GuardMode.Observe, store.Current.Guard.Common.Mode);
        Assert.Equal(0, store.Status.FailedReloads);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{ \"guard\": {")]
    public void A_file_that_stays_empty_or_cut_is_told(string content)
    {
        var store = Start("""{ "guard": { "patience": "20s" } }""");
        _folder.With(content);
        store.CheckFile();
        store.CheckFile();
        Assert.NotNull(store.Status.Failure);
        Assert.Equal(TimeSpan.FromSeconds(20), store.Current.Guard.Common.Patience);
    }

    [Fact]
    public void Ten_megabytes_of_garbage_change_nothing()
    {
        var store = Start("{}");
        var garbage = new byte[10 << 20];
        new Random(1).NextBytes(garbage);
        File.WriteAllBytes(_folder.Sources.File, garbage);
        Assert.False(store.Reload());
        Assert.Contains("larger than 1 MiB", Assert.Single(store.Status.Failure!.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_goes_leaves_the_old_one_in_use()
    {
        var store = Start("""{ "guard": { "mode": "observe" } }""");
        File.Delete(_folder.Sources.File);
        store.CheckFile();
        store.CheckFile();
        Assert.False(store.Reload());
        Assert.False(store.Reload());
        Assert.Equal(GuardMode.Observe, store.Current.Guard.Common.Mode);
        Assert.EndsWith(": is gone", Assert.Single(store.Status.Failure!.Errors).Message, StringComparison.Ordinal);

        _folder.With("""{ "guard": { "mode": "off" } }""");
        store.CheckFile();
        Assert.Equal(GuardMode.Off, store.Current.Guard.Common.Mode);
        Assert.Null(store.Status.Failure);
    }

    [Fact]
    public void A_file_that_comes_later_is_read()
    {
        var store = Start(null);
        store.CheckFile();
        Assert.True(store.Reload());
        _folder.With("""{ "guard": { "mode": "observe" } }""");
        store.CheckFile();
        Assert.Equal(GuardMode.Observe, store.Current.Guard.Common.Mode);
    }

    [Fact]
    public void A_config_map_is_followed_through_its_links()
    {
        // As kubelet lays it out: config.json -> ..data/config.json, ..data -> ..2024_x; an update renames a new link over ..data.
        Project("..2024_1", """{ "guard": { "mode": "observe" } }""");
        File.CreateSymbolicLink(_folder["..data"], "..2024_1");
        File.CreateSymbolicLink(_folder.Sources.File, "..data/config.json");
        var store = Start(null);
        Assert.Equal(GuardMode.Observe, store.Current.Guard.Common.Mode);

        Project("..2024_2", """{ "guard": { "mode": "off" } }""");
        File.CreateSymbolicLink(_folder["..data_tmp"], "..2024_2");
        Assert.Equal(0, Rename(_folder["..data_tmp"], _folder["..data"]));
        Directory.Delete(_folder["..2024_1"], recursive: true);
        store.CheckFile();
        Assert.Equal(GuardMode.Off, store.Current.Guard.Common.Mode);

        void Project(string name, string json)
        {
            Directory.CreateDirectory(_folder[name]);
            File.WriteAllText(Path.Combine(_folder[name], "config.json"), json);
        }
    }

    [Fact]
    public void Addresses_wait_for_a_restart()
    {
        var store = Start("{}");
        _folder.With("""{ "listen": { "group": "users" }, "telemetry": { "otlp": { "endpoint": "http://x/s3cret" } }, "guard": { "mode": "observe" } }""");
        store.CheckFile();
        Assert.Equal("docker", store.Current.Listen.Group);
        Assert.Equal("", store.Current.Telemetry.OtlpEndpoint);
        Assert.Equal(GuardMode.Observe, store.Current.Guard.Common.Mode);
        Assert.Equal(["listen.group", "telemetry.otlp.endpoint"], store.Status.PendingRestart.Select(c => c.Key));
        Assert.Equal(2, _log.Texts(1009).Count());
        Assert.DoesNotContain(_log.Texts(1009), text => text.Contains("s3cret", StringComparison.Ordinal));

        // Told once, and the next start finds the new values.
        store.Reload();
        Assert.Equal(2, _log.Texts(1009).Count());
        Assert.Contains("\"users\"", File.ReadAllText(_folder.Sources.LastGood!), StringComparison.Ordinal);

        _folder.With("{}");
        store.CheckFile();
        Assert.Empty(store.Status.PendingRestart);
    }

    [Fact]
    public void A_corrected_file_ends_the_makeshift_of_a_bad_start()
    {
        var store = Start("garbage");
        store.CheckFile();
        Assert.Equal((ConfigurationOrigin.ObserveOnly, 0), (store.Status.Origin, store.Status.FailedReloads));
        _folder.With("{}");
        store.CheckFile();
        Assert.Equal((ConfigurationOrigin.Asked, GuardMode.Enforce), (store.Status.Origin, store.Current.Guard.Common.Mode));
        Assert.Null(store.Status.Failure);
    }

    [Fact]
    public void The_off_switch_beats_everything()
    {
        var store = Start("""{ "guard": { "patience": "20s", "policies": { "stop": { "mode": "enforce" } } } }""");
        File.WriteAllText(_folder.Sources.OffSwitch, "");
        store.CheckOffSwitch();
        store.CheckOffSwitch();
        AssertOff();
        Assert.Single(_changes);
        Assert.Contains(_log.Entries, e => e is { Id: 1011, Level: LogLevel.Warning });

        // A new file counts only once the switch is gone.
        _folder.With("""{ "guard": { "patience": "30s" } }""");
        store.CheckFile();
        AssertOff();

        File.Delete(_folder.Sources.OffSwitch);
        store.CheckOffSwitch();
        Assert.False(store.Status.SwitchedOff);
        var stop = store.Current.Guard.Policies.For(Operation.Stop);
        Assert.Equal((GuardMode.Enforce, TimeSpan.FromSeconds(30)), (stop.Mode, stop.Patience));
        Assert.DoesNotContain("\"off\"", File.ReadAllText(_folder.Sources.LastGood!), StringComparison.Ordinal);

        void AssertOff()
        {
            var guard = store.Current.Guard;
            Assert.True(store.Status.SwitchedOff);
            Assert.All(Enum.GetValues<Operation>().Select(guard.Policies.For).Prepend(guard.Common), p => Assert.Equal(GuardMode.Off, p.Mode));
        }
    }

    [Fact]
    public void The_off_switch_counts_at_start()
    {
        Directory.CreateDirectory(_folder.Sources.OffSwitch);
        Assert.Equal(GuardMode.Off, Start("{}").Current.Guard.Common.Mode);
    }

    [Fact]
    public void A_subscriber_that_fails_does_not_stop_the_others()
    {
        var store = Start("{}");
        store.Changed += _ => throw new InvalidOperationException("broken");
        var seen = 0;
        store.Changed += _ => seen++;
        _folder.With("""{ "guard": { "mode": "off" } }""");
        Assert.True(store.Reload());
        Assert.Equal(1, seen);
        Assert.Single(_log.Texts(1015));
    }

    private ConfigurationStore Start(string? json)
    {
        if (json is not null)
            _folder.With(json);
        var store = ConfigurationStore.Start(_folder.Sources, _time, _log);
        store.Changed += _changes.Add;
        _log.Clear();
        return store;
    }

    /// <summary>rename(2): File.Move refuses a link to a folder.</summary>
    [LibraryImport("libc", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);
}
