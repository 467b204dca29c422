using System.Net.Sockets;
using DockerGuardProxy.Sockets;
using Xunit;

namespace DockerGuardProxy.Tests.Sockets;

public sealed class SocketExtensionsTests : IDisposable
{
    private readonly SocketPair _pair = new();
    private readonly Socket _near;
    private readonly Socket _far;

    public SocketExtensionsTests() => (_near, _far) = (_pair.Near, _pair.Far);

    public void Dispose() => _pair.Dispose();

    /// <summary>A look that waited here kept the thread that sees all sockets become ready, and the proxy with it, for ever.</summary>
    [Fact]
    public void A_look_where_nothing_has_come_does_not_wait() => Assert.Equal(InputState.Nothing, _near.Look());

    [Fact]
    public async Task A_look_does_not_wait_either_where_what_had_come_was_read_meanwhile()
    {
        _far.Send("x"u8);
        await _near.WaitReadableAsync();
        _near.Receive(new byte[1]);
        Assert.Equal(InputState.Nothing, _near.Look());
    }

    [Fact]
    public void Bytes_are_seen_and_left_there_also_in_front_of_the_end()
    {
        _far.Send("x"u8);
        _far.Shutdown(SocketShutdown.Send);
        Assert.Equal(InputState.Bytes, _near.Look());
        Assert.Equal(InputState.Bytes, _near.Look());
        _near.Receive(new byte[1]);
        Assert.Equal(InputState.End, _near.Look());
    }

    [Fact]
    public void A_peer_that_closed_with_bytes_unread_is_an_end()
    {
        _near.Send("x"u8);
        _far.Dispose();
        Assert.Equal(InputState.End, _near.Look());
    }

    [Fact]
    public void A_socket_that_was_closed_here_is_an_end()
    {
        _near.Dispose();
        Assert.Equal(InputState.End, _near.Look());
    }

    /// <summary>
    /// An upload whose next piece the kernel did not take (ENOBUFS) held its container's lock for ever: the engine waited for the rest. Here it is a
    /// message longer than its socket's buffer (EMSGSIZE): the peer is there as well, and has been told nothing.
    /// </summary>
    [Fact]
    public async Task A_peer_that_is_there_learns_that_what_could_not_be_sent_does_not_follow()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using var near = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        near.Connect(new UnixDomainSocketEndPoint(path));
        File.Delete(path);
        using var far = listener.Accept();
        far.ReceiveTimeout = 10_000;
        await near.SendAllAsync(new byte[10]);
        await Assert.ThrowsAsync<SocketException>(async () => await near.SendAllAsync(new byte[near.SendBufferSize + 1]));
        Assert.Equal(10, far.Receive(new byte[20]));
        Assert.Equal(0, far.Receive(new byte[20]));
    }
}
