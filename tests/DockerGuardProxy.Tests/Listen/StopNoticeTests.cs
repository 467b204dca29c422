using System.Net.Sockets;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Listen;

/// <summary>A stop loses no request that a client could not know to keep back.</summary>
public sealed class StopNoticeTests : ProxiedTests
{
    private const string Request = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n", Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: d\r\n\r\nOK";

    private readonly FakeTimeProvider _time;

    public StopNoticeTests()
        : this(new FakeTimeProvider())
    {
    }

    private StopNoticeTests(FakeTimeProvider time)
        : base(time) => _time = time;

    [Fact]
    public async Task A_client_that_connected_before_the_stop_is_served_after_it()
    {
        // Accepted, and not only in the backlog, which ends with the socket: a later client has been served.
        using var other = await Rig.ConnectAsync();
        await ServeAsync(other);
        var stop = Rig.DrainAsync();

        // Connections are told in the order in which they came: the later one knows.
        Assert.Equal("", await other.RestAsync());
        await Client.SendAsync(Request);
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync(Answer);

        // And it is told not to come again: by the head, or, where the notice has come after that, by the end alone.
        Assert.Equal(Answer, (await Client.RestAsync()).Replace("Connection: close\r\n", "", StringComparison.Ordinal));
        await stop;
    }

    [Fact]
    public async Task A_client_that_connects_without_a_word_holds_the_stop_up_for_a_second_only()
    {
        using var other = await Rig.ConnectAsync();
        await ServeAsync(other);
        var stop = Rig.DrainAsync();
        Assert.Equal("", await other.RestAsync());
        Assert.True(Client.IsSilent);
        await Eventually.Async(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return stop.IsCompleted;
        });
        Assert.Equal("", await Client.RestAsync());
    }

    [Fact]
    public async Task A_client_between_two_requests_sees_the_stop_before_its_next_leaves_it()
    {
        await ServeAsync(Client);
        await Rig.DrainAsync();
        var e = await Assert.ThrowsAsync<SocketException>(() => Client.SendAsync(Request));
        Assert.Equal(SocketError.Shutdown, e.SocketErrorCode);
    }

    [Fact]
    public async Task A_request_under_way_is_answered_and_the_engine_does_not_learn_of_the_stop()
    {
        await Client.SendAsync(Request);
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        var stop = Rig.DrainAsync();
        Assert.True(connection.IsSilent);
        await connection.SendAsync(Answer);
        Assert.EndsWith("\r\n\r\nOK", await Client.RestAsync(), StringComparison.Ordinal);
        await stop;
    }

    [Fact]
    public async Task A_head_that_has_begun_may_end()
    {
        var connection = await ServeAsync(Client);
        await Client.SendAsync("GET /x HTTP/1.1\r\n");

        // Read, and not only sent: the proxy's answer to another client comes after it.
        using var other = await Rig.ConnectAsync();
        await ServeAsync(other);
        var stop = Rig.DrainAsync();
        await Client.SendAsync("Host: h\r\n\r\n");
        await connection.HeadAsync();
        await connection.SendAsync(Answer);
        Assert.EndsWith("\r\n\r\nOK", await Client.RestAsync(), StringComparison.Ordinal);
        await stop;
    }

    [Fact]
    public async Task Streams_are_cut_as_soon_as_no_call_is_about_to_be_answered()
    {
        var stream = await ServeAsync(Client, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nDate: d\r\n\r\n1\r\na\r\n", "\r\n\r\n1\r\na\r\n");
        using var other = await Rig.ConnectAsync();
        await other.SendAsync(Request);
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        _time.Advance(TimeSpan.FromMilliseconds(200));
        Rig.Drain = TimeSpan.Zero;
        var stop = Rig.DrainAsync();
        for (var look = 0; look < 20; look++)
            _time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.True(Client.IsSilent);
        await connection.SendAsync(Answer);
        Assert.EndsWith("\r\n\r\nOK", await other.RestAsync(), StringComparison.Ordinal);
        await Eventually.Async(() => stop.IsCompleted, () => _time.Advance(TimeSpan.FromMilliseconds(10)));
        await Client.RestAsync();
        await stream.RestAsync();
    }

    [Fact]
    public async Task A_call_that_takes_its_time_holds_the_stop_up_for_a_second_only()
    {
        await Client.SendAsync(Request);
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        Rig.Drain = TimeSpan.Zero;
        var stop = Rig.DrainAsync();
        for (var look = 0; look < 90; look++)
            _time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.False(stop.IsCompleted);
        await Eventually.Async(() => stop.IsCompleted, () => _time.Advance(TimeSpan.FromMilliseconds(10)));
        await Client.RestAsync();
    }

    /// <summary>One request and its answer.</summary>
    /// <returns>The engine's end of the connection, which the client's next request takes too.</returns>
    private async Task<RawPeer> ServeAsync(RawPeer client, string answer = Answer, string end = "\r\n\r\nOK")
    {
        await client.SendAsync(Request);
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync(answer);
        await client.ThroughAsync(end);
        return connection;
    }
}
