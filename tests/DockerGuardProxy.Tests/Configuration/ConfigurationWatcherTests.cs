using System.Diagnostics;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Guard;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Configuration;

public sealed class ConfigurationWatcherTests : IDisposable
{
    private readonly TempFolder _folder = new TempFolder().With("{}");
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger _log = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sees_file_and_switch_within_two_seconds()
    {
        var store = ConfigurationStore.Start(_folder.Sources, _time, _log);
        using (new ConfigurationWatcher(store, _time, _log))
        {
            _folder.With("""{ "guard": { "mode": "observe" } }""");
            _time.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(GuardMode.Observe, store.Current.Guard.Common.Mode);

            File.WriteAllText(_folder.Sources.OffSwitch, "");
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(GuardMode.Off, store.Current.Guard.Common.Mode);
        }

        File.Delete(_folder.Sources.OffSwitch);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(GuardMode.Off, store.Current.Guard.Common.Mode);
    }

    [Fact]
    public async Task Reads_again_on_SIGHUP_and_lives_on()
    {
        var store = ConfigurationStore.Start(_folder.Sources, _time, _log);
        using var watcher = new ConfigurationWatcher(store, _time, _log);
        var changed = new TaskCompletionSource<ProxyConfiguration>(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Changed += changed.SetResult;
        _folder.With("""{ "guard": { "mode": "observe" } }""");

        using (var kill = Process.Start("/bin/sh", ["-c", $"kill -HUP {Environment.ProcessId}"]))
            await kill.WaitForExitAsync(TestContext.Current.CancellationToken);

        var configuration = await changed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(GuardMode.Observe, configuration.Guard.Common.Mode);
        // Waits for the signal's own reload, which still keeps the file.
        Assert.True(store.Reload());
    }
}
