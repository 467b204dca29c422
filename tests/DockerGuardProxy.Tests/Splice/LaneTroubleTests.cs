using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Hosting;
using Xunit;

namespace DockerGuardProxy.Tests.Splice;

/// <summary>
/// What happens between the two lanes and at the proxy's stop. Where a test pauses, nothing outside shows that the proxy has come so far; a
/// machine on which it has not makes the test see less, not fail.
/// </summary>
public sealed class LaneTroubleTests : ProxiedTests
{
    private const string Question = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n", Empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    private const string Start = "POST /containers/a/start HTTP/1.1\r\nHost: h\r\n\r\n", NoContent = "HTTP/1.1 204 No Content\r\nDate: d\r\n\r\n";

    [Fact]
    public async Task A_client_that_leaves_a_stream_with_bytes_unread_ends_the_engines_side()
    {
        await Client.SendAsync("POST /containers/a/attach HTTP/1.1\r\nHost: h\r\nUpgrade: tcp\r\nConnection: Upgrade\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 101 UPGRADED\r\n\r\n");
        await Client.HeadAsync();
        await Client.SendAsync("in");
        Assert.Equal("in", await connection.TextAsync(2));
        await connection.SendAsync("unread");
        await Eventually.Async(() => !Client.IsSilent);
        Client.Dispose();
        Assert.Equal("", await connection.RestAsync());
    }

    [Fact]
    public async Task An_upload_that_is_refused_early_leaves_nothing_behind()
    {
        await Client.SendAsync("PUT /containers/a%2e/archive HTTP/1.1\r\nHost: h\r\nContent-Length: 9000000\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        var sending = Client.SendAsync(new byte[4 << 20]);
        await PauseAsync(5);
        await connection.SendAsync("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
        await PauseAsync();
        connection.Dispose();
        await Client.ThroughAsync("no");
        await Record.ExceptionAsync(() => sending);
        Client.Dispose();
        await Eventually.Async(() => Rig.Connections.Count == 0);
    }

    [Fact]
    public async Task A_head_that_is_on_its_way_at_the_stop_is_served()
    {
        await Client.SendAsync(Start[..20]);
        await PauseAsync();
        var stopping = Rig.DrainAsync();
        await PauseAsync();
        await Client.SendAsync(Start[20..]);
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync(NoContent);
        Assert.StartsWith("HTTP/1.1 204", await Client.HeadAsync(), StringComparison.Ordinal);
        Client.Dispose();
        await stopping;
    }

    [Fact]
    public async Task What_is_queued_behind_a_spliced_call_at_the_stop_is_served_though_the_other_lane_is_open()
    {
        await Client.SendAsync(Start);
        var other = await Engine.AcceptAsync();
        await other.HeadAsync();
        await other.SendAsync(NoContent);
        await Client.HeadAsync();
        await Client.SendAsync(Question);
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        var stopping = Rig.DrainAsync();
        await PauseAsync();
        await Client.SendAsync(Question);
        await PauseAsync();
        await connection.SendAsync(Empty);
        Assert.Equal(Empty, await Client.HeadAsync());
        await connection.HeadAsync();
        await connection.SendAsync(Empty);
        Assert.Equal(Empty, await Client.HeadAsync());
        await stopping;
    }

    [Theory]
    [InlineData("POST /containers/create HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\n{\"Image\":", false)]
    [InlineData("POST /containers/create HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n", false)]
    [InlineData("POST /containers/a/kill HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\nsignal", false)]
    [InlineData("POST /images/load HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\nten bytes.", false)]
    [InlineData("POST /containers/create HT", false)]
    [InlineData("POST /containers/create HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}", true)]
    [InlineData("POST /images/load HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n", true)]
    public async Task What_is_queued_at_the_stop_is_served_if_it_has_come_whole(string queued, bool isServed)
    {
        await Client.SendAsync(Question);
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        var stopping = Rig.DrainAsync();
        await PauseAsync();
        await Client.SendAsync(queued);
        await connection.SendAsync(Empty);
        Assert.Equal(Empty, await Client.HeadAsync());
        if (isServed)
        {
            // Either on the same connection or on one of its own.
            if (queued.Contains("/create", StringComparison.Ordinal)) connection = await Engine.AcceptAsync();
            await connection.HeadAsync();
            await connection.SendAsync(Empty);
            Assert.StartsWith("HTTP/1.1 200 OK", await Client.HeadAsync(), StringComparison.Ordinal);
        }

        Assert.Equal("", await Client.RestAsync());
        if (!isServed) Assert.Equal("", await connection.RestAsync());
        await stopping;
        Assert.Equal(0, Rig.Faults);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_leaves_with_a_next_head_sent_is_seen(bool inOnePiece)
    {
        await Client.SendAsync(inOnePiece ? Start + Question : Start);
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        if (!inOnePiece) await Client.SendAsync(Question);
        await PauseAsync();
        Client.Dispose();
        Assert.Equal("", await connection.RestAsync());
    }

    [Fact]
    public async Task A_call_whose_client_was_told_that_the_connection_has_ended_is_not_sent()
    {
        await Client.SendAsync(Question);
        var first = await Engine.AcceptAsync();
        await first.HeadAsync();
        await first.SendAsync(Empty);
        await Client.HeadAsync();
        await Client.SendAsync(Start[..20]);
        await PauseAsync();
        first.HalfClose();
        await PauseAsync();
        await Client.SendAsync(Start[20..]);
        await PauseAsync();
        Assert.True(Engine.IsQuiet, "the call went to the engine although its client was told that the connection had ended");
        Assert.Equal("", await Client.RestAsync());
    }

    [Fact]
    public async Task Nothing_is_watched_when_both_sides_leave_at_once()
    {
        for (var i = 0; i < 1000; i++)
        {
            var client = await Rig.ConnectAsync();
            await client.SendAsync(Question);
            var connection = await Engine.AcceptAsync();
            await connection.HeadAsync();
            await connection.SendAsync("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            connection.HalfClose();
            await client.RestAsync();
            client.Dispose();
            connection.Dispose();
        }

        await Eventually.Async(() => Rig.Connections.Count == 1);
        Assert.Equal(0, Rig.Watched);
    }

    [Fact]
    public async Task A_connection_that_is_idle_after_an_early_answer_is_told_of_the_stop()
    {
        await Client.SendAsync("POST /containers/create HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nDate: d\r\n\r\n");
        await Client.HeadAsync();
        await PauseAsync();
        await Client.SendAsync("body");
        await PauseAsync();
        Assert.True(Client.IsSilent, "closed before the stop");
        var stopping = Rig.DrainAsync();
        Assert.Equal("", await Client.RestAsync());
        await stopping;
    }

    [Fact]
    public async Task A_body_behind_an_early_answer_goes_on_though_the_proxy_stops()
    {
        await Client.SendAsync("POST /build HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\nbody");
        var connection = await Engine.AcceptAsync();
        await connection.ThroughAsync("body");
        var stopping = Rig.DrainAsync();
        await PauseAsync();
        await connection.SendAsync(Empty);
        Assert.Equal(Empty, await Client.HeadAsync());
        await PauseAsync();
        await Client.SendAsync("more");
        Assert.Equal("more", await connection.TextAsync(4));
        await stopping;
    }

    [Theory]
    [InlineData("POST /containers/a/start HTTP/1.0\r\n\r\n")]
    [InlineData("POST /containers/a%2e/start HTTP/1.1\r\nHost: h\r\nContent-Length: 4000000\r\n\r\n")]
    public async Task A_client_that_leaves_behind_a_full_pipe_is_seen(string head)
    {
        await Client.SendAsync(head);
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        var sending = Client.SendAsync(new byte[3 << 20]);
        await PauseAsync(5);
        Client.Dispose();
        await Record.ExceptionAsync(() => sending);
        await PauseAsync(5);
        connection.Dispose();
        await Eventually.Async(() => Rig.Connections.Count == 0);
    }

    private static Task PauseAsync(int times = 1) => Task.Delay(times * 200, TestContext.Current.CancellationToken);
}
