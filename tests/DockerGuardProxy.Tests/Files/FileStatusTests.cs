using System.Net.Sockets;
using System.Runtime.InteropServices;
using DockerGuardProxy.Files;
using DockerGuardProxy.Tests.Configuration;
using Xunit;

namespace DockerGuardProxy.Tests.Files;

public sealed class FileStatusTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public FileStatusTests()
    {
        _socket.Bind(new UnixDomainSocketEndPoint(_folder["socket"]));
        File.CreateSymbolicLink(_folder["link"], _folder["socket"]);
        File.WriteAllText(_folder["file"], "");
    }

    public void Dispose()
    {
        _socket.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Tells_the_kind()
    {
        Assert.True(FileStatus.Of(_folder["socket"], followsLinks: false) is { IsSocket: true, IsRegular: false, Inode: not 0 });
        Assert.True(FileStatus.Of(_folder["file"], followsLinks: false) is { IsSocket: false, IsRegular: true, Inode: not 0 });
        Assert.True(FileStatus.Of(_folder["link"], followsLinks: false) is { IsSocket: false, IsRegular: false, Inode: not 0 });
        Assert.Equal(FileStatus.Of(_folder["socket"], followsLinks: false), FileStatus.Of(_folder["link"], followsLinks: true));
        Assert.Equal(default, FileStatus.Of(_folder["none"], followsLinks: true));
    }

    [Fact]
    public void The_way_of_old_systems_sees_the_same()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "The old layout is that of x86-64.");
        foreach (var name in new[] { "socket", "link", "file", "none" })
        {
            foreach (var followsLinks in new[] { false, true })
                Assert.Equal(FileStatus.Of(_folder[name], followsLinks), FileStatus.ByOldStat(_folder[name], followsLinks));
        }

        using var open = File.OpenHandle(_folder["file"]);
        var descriptor = (int)open.DangerousGetHandle();
        Assert.Equal(FileStatus.Of(_folder["file"], followsLinks: false), FileStatus.Of(descriptor));
        Assert.Equal(FileStatus.Of(descriptor), FileStatus.ByOldStat(descriptor));
    }
}
