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
}
