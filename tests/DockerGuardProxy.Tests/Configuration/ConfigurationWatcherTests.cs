using System.Diagnostics;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Tests.Engine;
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
    public async Task Sees_file_and_switch_within_two_seconds()
    {
        var store = ConfigurationStore.Start(_folder.Sources, _time, _log);
        using (new ConfigurationWatcher(store, _time, _log))
        {
            _folder.With("""{ "guard": { "mode": "observe" } }""");
            _time.Advance(TimeSpan.FromSeconds(2));
            await Eventually.Async(() => store.Current.Guard.Common.Mode == GuardMode.Observe);

            File.WriteAllText(_folder.Sources.OffSwitch, "");
            _time.Advance(TimeSpan.FromSeconds(1));
            await Eventually.Async(() => store.Current.Guard.Common.Mode == GuardMode.Off);
        }

        File.Delete(_folder.Sources.OffSwitch);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(GuardMode.Off, store.Current.Guard.Common.Mode);

        // Waits for the last look, which still keeps the file.
        Assert.True(store.Reload());
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

        var configuration = await changed.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.Equal(GuardMode.Observe, configuration.Guard.Common.Mode);
        // Waits for the signal's own reload, which still keeps the file.
        Assert.True(store.Reload());
    }

    [Fact]
    public async Task Looks_that_hang_keep_one_thread_and_what_is_asked_meanwhile_is_done_once()
    {
        var store = ConfigurationStore.Start(_folder.Sources, _time, _log);
        using var watcher = new ConfigurationWatcher(store, _time, _log);
        var changes = 0;
        var pooled = 0;
        using var hang = new ManualResetEventSlim();
        // Whoever hears of a change hears it on the thread that looks.
        store.Changed += _ =>
        {
            Interlocked.Increment(ref changes);
            Interlocked.Add(ref pooled, Thread.CurrentThread.IsThreadPoolThread ? 1 : 0);
            hang.Wait();
        };
        _folder.With("""{ "guard": { "mode": "observe" } }""");
        watcher.Reload();
        await Eventually.Async(() => Volatile.Read(ref changes) == 1);
        Assert.Null(store.HangsSince);

        for (var i = 0; i < 100; i++)
        {
            watcher.Reload();
            _time.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.Equal(_time.GetUtcNow() - TimeSpan.FromSeconds(200), store.HangsSince);
        Assert.Single(_log.Texts(1018));
        Assert.Equal(1, store.Status.Reloads);
        hang.Set();
        await Eventually.Async(() => store.Status.Reloads == 2 && store.HangsSince is null);
        _time.Advance(TimeSpan.FromSeconds(2));
        watcher.Reload();
        await Eventually.Async(() => store.Status.Reloads == 3);
        Assert.Equal((1, 0), (changes, pooled));
        watcher.Dispose();
        Assert.True(store.Reload());
    }
}
