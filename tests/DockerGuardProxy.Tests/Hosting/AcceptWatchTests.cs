using DockerGuardProxy.Hosting;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Tests.Configuration;
using DockerGuardProxy.Tests.Engine;
using Microsoft.Extensions.Hosting.Systemd;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Hosting;

/// <summary>The service manager hears of the proxy's own accept loop, with no engine anywhere.</summary>
public sealed class AcceptWatchTests : IAsyncLifetime
{
    private static readonly TimeSpan Watchdog = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly Notifier _manager = new();
    private readonly RecordingLogger _log = new();
    private ProxyRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await ProxyRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task The_watchdog_is_fed_three_times_within_its_time()
    {
        using var watch = Watch(_rig.Loops);
        await watch.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.Async(() => _manager.Count == 1);
        for (var round = 2; round <= 4; round++)
        {
            _time.Advance(Watchdog / 3);
            await Eventually.Async(() => _manager.Count == round);
        }

        await watch.StopAsync(TestContext.Current.CancellationToken);
        Assert.All(_manager.States, state => Assert.Equal("WATCHDOG=1", state));
    }

    [Fact]
    public async Task A_loop_that_stands_fails_the_start_and_starves_the_watchdog()
    {
        using var folder = new TempFolder();
        using var bound = UnixListener.Create(folder["p.sock"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var loops = new AcceptLoops();
        var endPoint = new System.Net.Sockets.UnixDomainSocketEndPoint(folder["p.sock"]);
        loops.Add(endPoint).Bind(folder["p.sock"]);
        using var watch = Watch(loops);

        var start = watch.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.Async(() => start.IsCompleted, () => _time.Advance(TimeSpan.FromSeconds(30)));
        var e = await Assert.ThrowsAsync<ListenException>(() => start);
        Assert.Equal($"{folder["p.sock"]}: bound, but no connection is accepted", e.Message);

        var look = watch.LookAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await Eventually.Async(() => look.IsCompleted, () => _time.Advance(TimeSpan.FromSeconds(10)));
        await look;
        Assert.Equal(0, _manager.Count);
        Assert.Equal([$"{folder["p.sock"]}: no connection was accepted for 10 s; the service manager's watchdog is not fed."], _log.Texts(1900));
    }

    [Fact]
    public async Task A_file_that_is_gone_is_told_once_and_kills_nobody()
    {
        using var watch = Watch(_rig.Loops);
        File.Delete(_rig.SocketPath);
        await watch.LookAsync(Watchdog, TestContext.Current.CancellationToken);
        await watch.LookAsync(Watchdog, TestContext.Current.CancellationToken);
        Assert.Equal(2, _manager.Count);
        Assert.StartsWith(
            $"{_rig.SocketPath}: the socket file is gone or belongs to another process", Assert.Single(_log.Texts(1901)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_service_manager_the_start_is_proven_all_the_same()
    {
        using var watch = new AcceptWatch(_rig.Loops, null, null, _time, _log);
        await watch.StartAsync(TestContext.Current.CancellationToken);
        await watch.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("30000000", null, 30_000)]
    [InlineData("30000000", "", 30_000)]
    [InlineData("30000000", "1", null)]
    [InlineData("0", null, null)]
    [InlineData("x", null, null)]
    [InlineData(null, null, null)]
    public void What_systemd_asks_for_is_read_from_the_environment(string? microseconds, string? pid, int? milliseconds) =>
        Assert.Equal(
            milliseconds is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
            AcceptWatch.ReadWatchdog(name => name == "WATCHDOG_USEC" ? microseconds : name == "WATCHDOG_PID" ? pid : null));

    private AcceptWatch Watch(AcceptLoops loops) => new(loops, _manager, Watchdog, _time, _log);

    private sealed class Notifier : ISystemdNotifier
    {
        private readonly List<string> _states = [];

        public bool IsEnabled => true;

        public int Count
        {
            get
            {
                lock (_states) return _states.Count;
            }
        }

        public string[] States
        {
            get
            {
                lock (_states) return [.. _states];
            }
        }

        public void Notify(ServiceState state)
        {
            lock (_states) _states.Add(state.ToString());
        }
    }
}
