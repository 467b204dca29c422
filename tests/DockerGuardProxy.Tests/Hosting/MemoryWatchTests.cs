using DockerGuardProxy.Hosting;
using DockerGuardProxy.Tests.Configuration;
using DockerGuardProxy.Tests.Engine;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Hosting;

/// <summary>The looks at the process's memory, and the releases that follow from them.</summary>
public sealed class MemoryWatchTests
{
    private const long Megabyte = 1 << 20;

    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger _log = new();
    private MemoryUse _use = new(35 * Megabyte, 1, 10 * Megabyte);
    private int _looks;

    private int Released => _log.Texts(1910).Count();

    [Fact]
    public async Task It_releases_at_the_start_and_after_clients_have_left()
    {
        using var watch = new MemoryWatch(Measure, Collect, _time, _log);
        await watch.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.Async(() => Released == 1);

        // 1. They come and leave: busy.
        _use = new MemoryUse(184 * Megabyte, 0, 200 * Megabyte);
        await LookAsync();
        Assert.Equal(1, Released);

        // 2. Quiet.
        _time.Advance(MemoryRules.Period);
        await Eventually.Async(() => Released == 2);
        Assert.Equal("Memory: 184 MB were resident, 24 MB are now; 0 clients are connected. All threads were paused for 12.0 ms.", _log.Texts(1910).Last());

        // 3. Nothing more to hand back.
        await LookAsync();
        await watch.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, Released);
    }

    [Fact]
    public async Task What_it_measures_is_this_process()
    {
        await using var rig = await ProxyRig.StartAsync();
        var before = MemoryWatch.Measure(rig.Connections);
        Assert.InRange(before.Resident, 10 * Megabyte, 100_000 * Megabyte);
        Assert.Equal(0, before.Connections);
        using var client = await rig.ConnectAsync();
        await Eventually.Async(() => MemoryWatch.Measure(rig.Connections).Connections == 1);
        Assert.InRange(MemoryWatch.Measure(rig.Connections).Allocated, before.Allocated, long.MaxValue);
    }

    private async Task LookAsync()
    {
        var looks = _looks;
        _time.Advance(MemoryRules.Period);
        await Eventually.Async(() => Volatile.Read(ref _looks) == looks + 1);
    }

    private MemoryUse Measure()
    {
        var use = _use;
        Interlocked.Increment(ref _looks);
        return use;
    }

    private void Collect()
    {
        _time.Advance(TimeSpan.FromMilliseconds(12));
        _use = _use with { Resident = 24 * Megabyte };
    }
}
