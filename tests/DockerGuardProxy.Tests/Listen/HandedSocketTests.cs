using System.Net.Sockets;
using System.Runtime.InteropServices;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Tests.Configuration;
using Xunit;

namespace DockerGuardProxy.Tests.Listen;

public sealed partial class HandedSocketTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Socket _kept = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private string SocketPath => _folder["p.sock"];

    public void Dispose()
    {
        _kept.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Closing_it_leaves_file_backlog_and_keeper_as_they_were()
    {
        Listen();
        var taken = HandedSocket.Take(Duplicate(_kept), _folder["engine.sock"]);
        Assert.Equal(SocketPath, taken.LocalEndPoint!.ToString());
        var accepting = taken.AcceptAsync(TestContext.Current.CancellationToken);
        taken.Dispose();
        await Assert.ThrowsAsync<SocketException>(async () => await accepting);

        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(SocketPath));
        using var accepted = await _kept.AcceptAsync(TestContext.Current.CancellationToken);
        Assert.True(accepted.Connected);
    }

    [Fact]
    public void The_engines_own_socket_is_refused_by_whatever_name()
    {
        Listen();
        File.CreateSymbolicLink(_folder["engine.sock"], SocketPath);
        var e = Assert.Throws<ListenException>(() => HandedSocket.Take(Duplicate(_kept), _folder["engine.sock"]));
        Assert.Equal($"{SocketPath}: is also engine.path ({_folder["engine.sock"]}); every call would come back to the proxy", e.Message);
    }

    [Theory]
    [InlineData(AddressFamily.Unix, SocketType.Stream)]
    [InlineData(AddressFamily.Unix, SocketType.Dgram)]
    [InlineData(AddressFamily.InterNetwork, SocketType.Stream)]
    public void What_is_no_listening_Unix_stream_is_refused(AddressFamily family, SocketType type)
    {
        using var other = new Socket(family, type, ProtocolType.Unspecified);
        var e = Assert.Throws<ListenException>(() => HandedSocket.Take(Duplicate(other), "/engine"));
        Assert.Contains("is no listening Unix stream socket", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_refused()
    {
        using var file = File.OpenHandle("/dev/null");
        var e = Assert.Throws<ListenException>(() => HandedSocket.Take((ulong)Duplicate((int)file.DangerousGetHandle()), "/engine"));
        Assert.Contains("is no listening Unix stream socket", e.Message, StringComparison.Ordinal);
    }

    private static ulong Duplicate(Socket socket) => (ulong)Duplicate((int)socket.Handle);

    private void Listen()
    {
        _kept.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _kept.Listen();
    }

    // As the service manager hands it over: without FD_CLOEXEC.
    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);
}
