using System.Net.Sockets;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Tests.Configuration;
using Xunit;

namespace DockerGuardProxy.Tests.Sockets;

public sealed class PeerStateTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Socket _near;
    private readonly Socket _far;

    public PeerStateTests()
    {
        var place = new UnixDomainSocketEndPoint(_folder["s"]);
        using var listener = NewSocket();
        listener.Bind(place);
        listener.Listen(1);
        _far = NewSocket();
        _far.Connect(place);
        _near = listener.Accept();
    }

    public void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
        _folder.Dispose();
    }

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

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
