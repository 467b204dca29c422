using DockerGuardProxy.Timing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Timing;

public sealed class SafeTimerTests
{
    [Fact]
    public void What_the_callback_throws_escapes_nowhere_and_the_timer_goes_on()
    {
        var time = new FakeTimeProvider();
        var faults = new List<Exception>();
        using var timer = time.CreateSafeTimer(
            () => throw new IOException("gone"), faults.Add, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(["gone", "gone", "gone"], faults.Select(fault => fault.Message));
    }
}
