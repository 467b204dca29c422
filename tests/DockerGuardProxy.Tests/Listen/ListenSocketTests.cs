using System.Net.Sockets;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Tests.Configuration;
using Xunit;

namespace DockerGuardProxy.Tests.Listen;

public sealed class ListenSocketTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RecordingLogger _log = new();

    private string SocketPath => _folder["p.sock"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_serves_with_the_mode_that_was_asked_for()
    {
        using var socket = Create();
        Assert.Equal(ListenOptions.Default.Mode, File.GetUnixFileMode(SocketPath));
        Assert.Equal((UnixFileMode)0b110_110_000, File.GetUnixFileMode(SocketPath));
        Connect(SocketPath);
    }

    [Fact]
    public void Its_folder_is_made()
    {
        using var socket = ListenSocket.Create(Options() with { Path = _folder["a/b/p.sock"] }, _log);
        Connect(_folder["a/b/p.sock"]);
    }

    [Fact]
    public void A_stale_socket_is_replaced()
    {
        LeaveStale();
        using var socket = Create();
        Connect(SocketPath);
    }

    [Fact]
    public void A_socket_that_somebody_serves_is_refused_and_goes_on()
    {
        using var first = Create();
        var inode = SocketFile.Inode(SocketPath);
        var refused = Assert.Throws<ListenException>(() => Create());
        Assert.Equal($"{SocketPath}: another process listens there; stop it first", refused.Message);
        Assert.Equal(inode, SocketFile.Inode(SocketPath));
        Connect(SocketPath);
    }

    [Fact]
    public void A_socket_with_a_full_backlog_is_served_by_somebody()
    {
        using var first = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        first.Bind(new UnixDomainSocketEndPoint(SocketPath));
        first.Listen(0);
        using var waiting = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        waiting.Connect(new UnixDomainSocketEndPoint(SocketPath));
        Assert.Contains("another process listens there", Assert.Throws<ListenException>(() => Create()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_socket_is_refused_and_kept()
    {
        File.WriteAllText(SocketPath, "precious");
        var refused = Assert.Throws<ListenException>(() => Create());
        Assert.Equal($"{SocketPath}: exists and is no socket; remove it or choose another path", refused.Message);
        Assert.Equal("precious", File.ReadAllText(SocketPath));
    }

    [Fact]
    public void A_folder_is_refused_and_kept()
    {
        Directory.CreateDirectory(SocketPath);
        Assert.Contains("is no socket", Assert.Throws<ListenException>(() => Create()).Message, StringComparison.Ordinal);
        Assert.True(Directory.Exists(SocketPath));
    }

    [Fact]
    public void A_path_that_is_too_long_is_refused_by_name()
    {
        var path = _folder[new string('a', 120)];
        var refused = Assert.Throws<ListenException>(() => ListenSocket.Create(Options() with { Path = path }, _log));
        Assert.StartsWith($"{path}: cannot listen: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_default_group_may_be_missing_and_that_is_a_warning()
    {
        using var socket = ListenSocket.Create(Options() with { Group = ListenOptions.Default.Group }, _log);
        string[] warnings = Account.Group(ListenOptions.Default.Group) is null
            ? [$"There is no group docker: {SocketPath} keeps the group of this process."]
            : [];
        Assert.Equal(warnings, _log.Texts(1100));
        Connect(SocketPath);
    }

    [Theory]
    [InlineData("no-such-group", "", "listen.group: there is no group no-such-group")]
    [InlineData("", "no-such-user", "listen.owner: there is no user no-such-user")]
    public void A_chosen_group_or_owner_that_does_not_exist_fails_before_anything_is_touched(string group, string owner, string message)
    {
        var refused = Assert.Throws<ListenException>(() => ListenSocket.Create(Options() with { Group = group, Owner = owner }, _log));
        Assert.Equal(message, refused.Message);
        Assert.False(Path.Exists(SocketPath));
    }

    [Theory]
    [InlineData("root", 0u)]
    [InlineData("0", 0u)]
    [InlineData("12345", 12345u)]
    [InlineData("no-such-name", null)]
    [InlineData("-1", null)]
    public void Accounts_are_found_by_name_or_number(string name, uint? id)
    {
        Assert.Equal(id, Account.User(name));
        Assert.Equal(id, Account.Group(name));
    }

    [Fact]
    public void Only_a_socket_has_an_inode_here()
    {
        Assert.Equal(0, SocketFile.Inode(_folder["none"]));
        File.WriteAllText(_folder["file"], "");
        Assert.Equal(0, SocketFile.Inode(_folder["file"]));
        using var socket = Create();
        Assert.NotEqual(0, SocketFile.Inode(SocketPath));
        File.CreateSymbolicLink(_folder["link"], SocketPath);
        Assert.Equal(0, SocketFile.Inode(_folder["link"]));
    }

    private static void Connect(string path)
    {
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(path));
    }

    private void LeaveStale()
    {
        // As by a process that was killed: Dispose removes the file where it was bound.
        using (var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            killed.Bind(new UnixDomainSocketEndPoint(_folder["bound"]));
            File.Move(_folder["bound"], SocketPath);
        }

        Assert.NotEqual(0, SocketFile.Inode(SocketPath));
    }

    private ListenOptions Options() => ListenOptions.Default with { Path = SocketPath, Group = "" };

    private Socket Create() => ListenSocket.Create(Options(), _log);
}
