using System.Net.Sockets;
using DockerGuardProxy.Sockets;
using Xunit;

namespace DockerGuardProxy.Tests.Sockets;

/// <summary>Against this kernel.</summary>
public sealed class UnreadBytesTests : IDisposable
{
    private readonly SocketPair _pair = new();
    private readonly Socket _ours;
    private readonly Socket _theirs;

    public UnreadBytesTests() => (_ours, _theirs) = (_pair.Near, _pair.Far);

    [Fact]
    public void Each_byte_that_the_other_end_reads_is_seen()
    {
        using var diag = SockDiag.Open();
        Assert.NotNull(diag);
        var unread = new UnreadBytes();
        Assert.Equal(0, unread.Ask(_ours, diag));
        _ours.Send(new byte[40_000]);
        _ours.Send(new byte[7]);
        Assert.Equal(40_007, unread.Ask(_ours, diag));
        _theirs.Receive(new byte[1]);
        Assert.Equal(40_006, unread.Ask(_ours, diag));
        _theirs.Receive(new byte[40_006]);
        Assert.Equal(0, unread.Ask(_ours, diag));
    }

    [Fact]
    public void Where_the_kernel_does_not_tell_of_the_other_end_what_it_has_not_freed_counts()
    {
        var unread = new UnreadBytes();
        Assert.Equal(0, unread.Ask(_ours, null));
        _ours.Send(new byte[40_000]);
        var held = unread.Ask(_ours, null);
        Assert.True(held >= 40_000);
        _theirs.Receive(new byte[1]);
        Assert.Equal(held, unread.Ask(_ours, null));
        _theirs.Receive(new byte[40_000]);
        Assert.Equal(0, unread.Ask(_ours, null));
    }

    [Fact]
    public void Of_a_closed_end_nothing_waits()
    {
        using var diag = SockDiag.Open();
        var unread = new UnreadBytes();
        _ours.Send(new byte[7]);
        _theirs.Dispose();
        Assert.Null(unread.Ask(_ours, diag));
        _ours.Dispose();
        Assert.Null(new UnreadBytes().Ask(_ours, diag));
    }

    public void Dispose() => _pair.Dispose();
}
