using System.Net.Sockets;
using DockerGuardProxy.Sockets;
using Xunit;

namespace DockerGuardProxy.Tests.Sockets;

public sealed class PeerStateTests : IDisposable
{
    private readonly SocketPair _pair = new();
    private readonly Socket _near;
    private readonly Socket _far;

    public PeerStateTests() => (_near, _far) = (_pair.Near, _pair.Far);

    public void Dispose() => _pair.Dispose();

    [Fact]
    public void An_open_peer_is_there() => Assert.False(PeerState.IsGone(_near));

    [Fact]
    public void A_half_closed_peer_is_there()
    {
        _far.Send("unread"u8);
        _far.Shutdown(SocketShutdown.Send);
        Assert.False(PeerState.IsGone(_near));
    }

    [Fact]
    public void A_closed_peer_is_gone()
    {
        _far.Dispose();
        Assert.True(PeerState.IsGone(_near));
    }

    [Fact]
    public void A_peer_that_closed_with_bytes_unread_on_either_side_is_gone()
    {
        _near.Send("unread there"u8);
        _far.Send("unread here"u8);
        _far.Dispose();
        Assert.True(PeerState.IsGone(_near));
    }

    [Fact]
    public void A_peer_that_was_half_closed_and_then_closed_is_gone()
    {
        _far.Shutdown(SocketShutdown.Send);
        _far.Dispose();
        Assert.True(PeerState.IsGone(_near));
    }

    [Fact]
    public void A_socket_that_we_have_closed_has_no_peer()
    {
        _near.Dispose();
        Assert.True(PeerState.IsGone(_near));
    }
}
