using DockerGuardProxy.Hosting;
using Xunit;

namespace DockerGuardProxy.Tests.Hosting;

/// <summary>When memory is handed back, by what the process uses.</summary>
public sealed class MemoryRulesTests
{
    private const long Megabyte = 1 << 20;

    [Theory]
    // An idle proxy as it was left: nothing to hand back.
    [InlineData(24, 0, 24, 0, 0, false)]
    // 5,000 clients came and have left.
    [InlineData(24, 0, 184, 0, 0, true)]
    // They are all there, and account for 117 MB of it: the pause would be long for what is to be won.
    [InlineData(24, 0, 140, 5000, 0, false)]
    [InlineData(24, 0, 250, 5000, 0, false)]
    // A thousand of them stayed.
    [InlineData(24, 0, 184, 1000, 0, true)]
    [InlineData(24, 0, 140, 1000, 0, false)]
    // A hundred account for 2 MB.
    [InlineData(24, 0, 42, 100, 0, false)]
    [InlineData(24, 0, 43, 100, 0, true)]
    // They were there at the last release and have left since: nothing grew, and nearly all of it is theirs.
    [InlineData(140, 5000, 140, 0, 0, true)]
    [InlineData(140, 5000, 140, 4400, 0, false)]
    // What one release could not hand back, the next does not try for.
    [InlineData(60, 0, 60, 0, 0, false)]
    [InlineData(60, 0, 75, 0, 0, false)]
    [InlineData(60, 0, 76, 0, 0, true)]
    // Calls are busy: a look each period until they are not.
    [InlineData(24, 0, 184, 0, 31, true)]
    [InlineData(24, 0, 184, 0, 32, false)]
    // Resident memory that can't be read.
    [InlineData(0, 0, 0, 0, 0, false)]
    [InlineData(24, 0, 0, 0, 0, false)]
    public void A_release_is_due_when_much_is_resident_that_nobody_uses(
        long residentThen, int connectionsThen, long resident, int connections, long allocated, bool isDue)
    {
        var released = new MemoryUse(residentThen * Megabyte, connectionsThen, 7 * Megabyte);
        var before = released with { Allocated = 1000 * Megabyte };
        var now = new MemoryUse(resident * Megabyte, connections, (1000 + allocated) * Megabyte);
        Assert.Equal(isDue, MemoryRules.IsReleaseDue(released, before, now));
    }

    [Fact]
    public void Memory_that_can_not_be_read_is_never_released_although_clients_left() =>
        Assert.False(MemoryRules.IsReleaseDue(new MemoryUse(0, 5000, 0), new MemoryUse(0, 5000, 0), new MemoryUse(0, 0, 0)));
}
