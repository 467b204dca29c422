using System.Net.Sockets;
using System.Text;
using Xunit;
using static DockerGuardProxy.Tests.Engine.Samples;

namespace DockerGuardProxy.Tests.Admin;

public sealed class AdminServerTests
{
    [Fact]
    public async Task Only_its_owner_may_connect()
    {
        await using var rig = await AdminRig.StartAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(rig.Path));
        Assert.Equal(200, (await rig.AskAsync(HttpMethod.Get, "/v1/health")).Status);
    }

    [Fact]
    public async Task A_second_one_on_the_same_path_says_so_and_leaves_the_first_alone()
    {
        await using var rig = await AdminRig.StartAsync();
        var second = await rig.ServeAsync();
        Assert.Equal(
            "The admin socket is not served, so status, release and reload will not work; calls are guarded all the same. "
            + $"{rig.Path}: another process listens there; stop it first",
            Assert.Single(rig.Log.Texts(1300)));
        await second.StopAsync(Cancel);
        Assert.Equal(200, (await rig.AskAsync(HttpMethod.Get, "/v1/health")).Status);
    }

    [Fact]
    public async Task A_path_that_is_no_socket_stays_as_it_is()
    {
        await using var rig = new AdminRig();
        await File.WriteAllTextAsync(rig.Path, "precious", Cancel);
        await rig.ServeAsync();
        Assert.EndsWith("exists and is no socket; remove it or choose another path", Assert.Single(rig.Log.Texts(1300)), StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(rig.Path, Cancel));
    }

    [Fact]
    public async Task A_path_that_cannot_be_made_costs_one_line()
    {
        await using var rig = new AdminRig();
        await rig.ServeAsync(Path.Combine(rig.Folder.Sources.File, "admin.sock"));
        await rig.ServeAsync(rig.Folder[new string('x', 120)]);
        Assert.Equal(2, rig.Log.Texts(1300).Count());
    }

    [Fact]
    public async Task No_path_means_no_socket()
    {
        await using var rig = new AdminRig();
        var server = await rig.ServeAsync("");
        await server.StopAsync(Cancel);
        Assert.Empty(rig.Log.Texts(1300));
    }

    [Fact]
    public async Task A_stale_file_is_replaced()
    {
        await using var rig = new AdminRig();
        // The file of a closed socket is deleted by .NET, unless it has another name by then.
        using (var stale = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            stale.Bind(new UnixDomainSocketEndPoint(rig.Path + "3"));
            File.Move(rig.Path + "3", rig.Path);
        }

        Assert.True(File.Exists(rig.Path));
        await rig.ServeAsync();
        Assert.Equal(200, (await rig.AskAsync(HttpMethod.Get, "/v1/health")).Status);
    }

    [Fact]
    public async Task Its_file_goes_with_it_but_a_successors_stays()
    {
        await using var rig = new AdminRig();
        var first = await rig.ServeAsync();
        File.Delete(rig.Path);
        var second = await rig.ServeAsync();
        await first.StopAsync(Cancel);
        Assert.Equal(200, (await rig.AskAsync(HttpMethod.Get, "/v1/health")).Status);
        await second.StopAsync(Cancel);
        Assert.False(File.Exists(rig.Path));
    }

    [Theory]
    [InlineData("garbage\r\n\r\n", "HTTP/1.1 400")]
    [InlineData("\0\u0001\u0002\r\n\r\n", "HTTP/1.1 400")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\0\0")]
    [InlineData("GET /v1/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "HTTP/1.1 400")]
    [InlineData("POST /v1/reload HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 400")]
    public async Task Garbage_is_refused(string sent, string begins)
    {
        await using var rig = await AdminRig.StartAsync();
        using var socket = rig.Connect();
        await socket.SendAsync(Encoding.Latin1.GetBytes(sent), Cancel);
        Assert.StartsWith(begins, await ReadToEndAsync(socket), StringComparison.Ordinal);
        await AssertServesAsync(rig);
    }

    [Theory]
    [InlineData(5_000, 0, "HTTP/1.1 414")]
    [InlineData(1, 10_000, "HTTP/1.1 431")]
    public async Task A_huge_head_is_refused(int target, int header, string begins)
    {
        await using var rig = await AdminRig.StartAsync();
        using var socket = rig.Connect();
        var head = $"GET /{new string('a', target)} HTTP/1.1\r\nHost: a\r\nX-A: {new string('b', header)}\r\n\r\n";
        await socket.SendAsync(Encoding.Latin1.GetBytes(head), Cancel);
        Assert.StartsWith(begins, await ReadToEndAsync(socket), StringComparison.Ordinal);
        await AssertServesAsync(rig);
    }

    [Fact]
    public async Task Clients_that_never_read_keep_nobody_else_from_an_answer()
    {
        await using var rig = await AdminRig.StartAsync();
        var request = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat("GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n", 200)));
        var sockets = Enumerable.Range(0, 8).Select(_ => rig.Connect()).ToArray();
        foreach (var socket in sockets)
        {
            // Until the server takes no more: it waits for us to read.
            socket.Blocking = false;
            for (var i = 0; i < 100; i++)
            {
                try
                {
                    socket.Send(request);
                }
                catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
                {
                    break;
                }
            }
        }

        await AssertServesAsync(rig);
        foreach (var socket in sockets)
            socket.Dispose();
    }

    [Fact]
    public async Task More_connections_than_it_takes_are_closed_and_later_ones_served()
    {
        await using var rig = await AdminRig.StartAsync();
        var sockets = Enumerable.Range(0, 40).Select(_ => rig.Connect()).ToArray();
        var ends = sockets.Select(socket => socket.ReceiveAsync(new byte[1], Cancel).AsTask()).ToList();

        // 32 stay open in silence, the others are closed at once.
        for (var closed = 0; closed < 8; closed++)
        {
            var end = await Task.WhenAny(ends);
            Assert.True(!end.IsCompletedSuccessfully || end.Result == 0);
            // Only one: tasks that had their result at once may be the same object.
            ends.Remove(end);
        }

        foreach (var socket in sockets)
            socket.Dispose();
        await Task.WhenAll(ends.Select(end => end.ContinueWith(_ => { }, TaskScheduler.Default)));
        await Tests.Engine.Eventually.Async(() => Serves(rig));
    }

    private static async Task AssertServesAsync(AdminRig rig) => Assert.Equal(200, (await rig.AskAsync(HttpMethod.Get, "/v1/status")).Status);

    private static bool Serves(AdminRig rig)
    {
        try
        {
            return rig.AskAsync(HttpMethod.Get, "/v1/health").GetAwaiter().GetResult().Status == 200;
        }
        catch (DockerGuardProxy.Admin.AdminException)
        {
            return false;
        }
    }

    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer, Cancel) is > 0 and var read)
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Closed with some of what was sent unread.
        }

        return text.ToString();
    }
}
