using DockerGuardProxy.State;
using Xunit;

namespace DockerGuardProxy.Tests.State;

public sealed class StartRecordTests
{
    [Fact]
    public void Three_crashes_in_five_minutes_are_a_loop()
    {
        var record = Begin(null, 0);
        foreach (var (at, isLoop) in new[] { (60, false), (120, false), (180, true), (320, true), (900, false) })
        {
            record = Begin(record, at);
            Assert.Equal(isLoop, record.IsCrashLoop);
        }
    }

    [Fact]
    public void An_end_in_order_is_no_crash_but_does_not_wash_off_others()
    {
        var record = Begin(Begin(Begin(null, 0), 10), 20);
        for (var at = 30; at < 100; at += 10)
            record = Begin(record.End(), at);
        Assert.Equal(2, record.Crashes.Length);
        Assert.True(Begin(record, 110).IsCrashLoop);
    }

    [Fact]
    public void Another_boot_begins_anew()
    {
        var record = Begin(Begin(Begin(null, 0), 10), 20);
        Assert.Empty(StartRecord.Begin(record, "other", 5, 6, TimeSpan.FromSeconds(30)).Crashes);
    }

    [Fact]
    public void Of_very_many_crashes_as_many_are_kept_as_count()
    {
        var record = Begin(null, 0);
        for (var i = 1; i < 1000; i++)
            record = Begin(record, i / 10.0);
        Assert.Equal(StartRecord.TooMany, record.Crashes.Length);
    }

    [Fact]
    public void Crashes_of_the_future_are_somebodys_joke()
    {
        var record = Begin(null, 0) with { Crashes = [TimeSpan.FromDays(3), TimeSpan.FromDays(4)], Pid = 0 };
        Assert.Empty(Begin(record, 10).Crashes);
    }

    private static StartRecord Begin(StartRecord? before, double seconds) =>
        StartRecord.Begin(before, "boot", 4, 5, TimeSpan.FromSeconds(seconds));
}
