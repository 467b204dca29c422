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
            Assert.True(new BodyRoom(_bodies).TryGrow(10 << 20));
        Assert.False(new BodyRoom(_bodies).TryGrow(10 << 20));
        Assert.Equal(60 << 20, _bodies.Bytes);
        Assert.True(new BodyRoom(_bodies).TryGrow(4 << 20));
        Assert.True(new BodyRoom(_bodies).TryGrow(0));
        Assert.False(new BodyRoom(_bodies).TryGrow(1));
    }

    [Fact]
    public void Room_that_grows_is_counted_once()
    {
        var room = new BodyRoom(_bodies);
        Assert.True(room.TryGrow(40 << 20));
        Assert.True(room.TryGrow(60 << 20));
        Assert.False(room.TryGrow((64 << 20) + 1));
        Assert.Equal(60 << 20, _bodies.Bytes);
        room.Return();
        Assert.Equal(0, _bodies.Bytes);
    }

    [Fact]
    public void A_body_that_is_dropped_gives_its_room_back_once()
    {
        var room = new BodyRoom(_bodies);
        Assert.True(room.TryGrow(10 << 20));
        var request = new GuardedRequest("POST", "/containers/x/kill", default, new byte[10 << 20], null, room);
        request.DropBody();
        request.DropBody();
        Assert.Equal(0, _bodies.Bytes);
        Assert.True(request.Body.IsEmpty);
    }

    [Fact]
    public void One_that_found_no_room_takes_none_and_gives_none_back()
    {
        var room = new BodyRoom(_bodies);
        Assert.False(room.TryGrow((64 << 20) + 1));
        Assert.Equal(0, _bodies.Bytes);
        room.Return();
        new GuardedRequest("POST", "/containers/x/kill", default, default, null).DropBody();
        Assert.Equal(0, _bodies.Bytes);
    }
}
