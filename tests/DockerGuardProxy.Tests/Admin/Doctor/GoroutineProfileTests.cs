using DockerGuardProxy.Admin.Doctor;
using Xunit;

namespace DockerGuardProxy.Tests.Admin.Doctor;

public sealed class GoroutineProfileTests
{
    private const string Profile = """
        goroutine profile: total 1844
        900 @ 0x1 0x2
        #	0x1	github.com/docker/docker/daemon.(*Daemon).Kill+0x2d5	/src/daemon/kill.go:136
        #	0x2	github.com/docker/docker/daemon.(*Daemon).containerStop+0x1b3	/src/daemon/stop.go:80

        900 @ 0x3
        #	0x3	github.com/docker/docker/container.(*State).Wait.func1+0x9d	/src/container/state.go:205

        2 @ 0x4
        #	0x4	github.com/docker/docker/daemon.(*Daemon).containerStop+0x1b3	/src/daemon/stop.go:60

        1 @ 0x5
        #	0x5	github.com/docker/docker/daemon.(*Daemon).KillOther+0x1	/src/daemon/kill.go:1

        """;

    [Fact]
    public void Goroutines_that_wait_for_a_containers_end_are_counted_once() => Assert.Equal(902, GoroutineProfile.Waiting(Profile));

    [Fact]
    public void Half_a_profile_is_survived()
    {
        for (var length = 0; length < Profile.Length; length++)
            Assert.InRange(GoroutineProfile.Waiting(Profile[..length]) ?? 0, 0, 902);
        Assert.Null(GoroutineProfile.Waiting("404 page not found"));
    }
}
