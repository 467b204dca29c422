using DockerGuardProxy.Guard;
using Xunit;

namespace DockerGuardProxy.Tests.Guard;

public sealed class KeptBodiesTests
{
    private readonly KeptBodies _bodies = new();

    [Fact]
    public void What_is_kept_is_bounded()
    {
        for (var i = 0; i < 6; i++)
            Assert.True(Request(10 << 20).TryKeepBody(_bodies));
        Assert.False(Request(10 << 20).TryKeepBody(_bodies));
        Assert.Equal(60 << 20, _bodies.Bytes);
        Assert.True(Request(4 << 20).TryKeepBody(_bodies));
        Assert.True(Request(0).TryKeepBody(_bodies));
        Assert.False(Request(1).TryKeepBody(_bodies));
    }

    [Fact]
    public void A_body_that_is_dropped_gives_its_room_back_once()
    {
        var request = Request(10 << 20);
        Assert.True(request.TryKeepBody(_bodies));
        request.DropBody();
        request.DropBody();
        Assert.Equal(0, _bodies.Bytes);
        Assert.True(request.Body.IsEmpty);
    }

    [Fact]
    public void One_that_found_no_room_takes_none_and_gives_none_back()
    {
        Assert.False(Request((64 << 20) + 1).TryKeepBody(_bodies));
        Assert.Equal(0, _bodies.Bytes);
        Request(5).DropBody();
        Assert.Equal(0, _bodies.Bytes);
    }

    private static GuardedRequest Request(int bytes) => new("POST", "/containers/x/kill", default, new byte[bytes], null);
}
