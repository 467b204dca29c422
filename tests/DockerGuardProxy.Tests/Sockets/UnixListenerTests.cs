using System.Net.Sockets;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Tests.Configuration;
using Xunit;

namespace DockerGuardProxy.Tests.Sockets;

public sealed class UnixListenerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0x180)]
    [InlineData(0x1B0)]
    [InlineData(0x1B6)]
    public void The_file_has_the_mode_asked_for_whatever_the_mask(int mode)
    {
        using var socket = UnixListener.Create(_folder["new/a.sock"], (UnixFileMode)mode);
        Assert.Equal((UnixFileMode)mode, File.GetUnixFileMode(_folder["new/a.sock"]));
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(_folder["new/a.sock"]));
        Assert.True(client.Connected);
    }

    [Fact]
    public void A_socket_that_somebody_serves_is_not_replaced()
    {
        var path = _folder["a.sock"];
        using var first = UnixListener.Create(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var inode = SocketFile.Inode(path);
        var e = Assert.Throws<ListenException>(() => UnixListener.Create(path, UnixFileMode.UserRead));
        Assert.Equal($"{path}: another process listens there; stop it first", e.Message);
        Assert.Equal(inode, SocketFile.Inode(path));
    }

    [Fact]
    public void Closing_it_leaves_a_successors_file()
    {
        var path = _folder["a.sock"];
        var first = UnixListener.Create(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.Delete(path);
        using var second = UnixListener.Create(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var inode = SocketFile.Inode(path);
        first.Dispose();
        Assert.Equal(inode, SocketFile.Inode(path));
    }

    [Fact]
    public void Where_it_cannot_be_made_the_reason_is_told()
    {
        File.WriteAllText(_folder["file"], "");
        var e = Assert.Throws<ListenException>(() => UnixListener.Create(_folder["file/a.sock"], UnixFileMode.UserRead));
        Assert.StartsWith($"{_folder["file/a.sock"]}: cannot listen: ", e.Message, StringComparison.Ordinal);
        Assert.Throws<ListenException>(() => UnixListener.Create(_folder[new string('x', 120)], UnixFileMode.UserRead));
    }
}
