using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Streams;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Hosting;
using Xunit;

namespace DockerGuardProxy.Tests.Splice;

/// <summary>
/// What the engine holds of a stream is taken over, in both lanes, through the running proxy. A head with Trailer is odd: it takes the HTTP lane.
/// </summary>
public sealed class TakeOverTests : ProxiedTests
{
    private const string Attach = "POST /containers/a/attach?stream=1&stdin=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n";
    private const string OddAttach = "POST /containers/a/attach?stream=1&stdin=1 HTTP/1.1\r\nHost: h\r\nTrailer: T\r\nContent-Length: 0\r\n\r\n";
    private const string Exec = "POST /exec/a/start HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 2\r\n\r\n{}";
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n";
    private const string Upgraded = "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n";

    private static readonly RestLimits Ample = new(8 << 20, 64 << 20);

    private readonly RestBudget _budget = new();

    /// <summary>Ends once the stream is taken over, or fails where that is cut short.</summary>
    private Task _sending = Task.CompletedTask;

    [Theory]
    [InlineData(Attach, Ok)]
    [InlineData(OddAttach, Ok)]
    [InlineData(Exec, Upgraded)]
    public async Task The_engine_can_finish_and_the_client_gets_everything_and_the_end(string request, string answer)
    {
        var (engine, stream) = await StallAsync(request, answer);
        await TakeOverAsync(stream, Ample);
        await _sending;
        await engine.SendAsync(Numbers(200_000, 400_000));
        engine.Dispose();
        await Eventually.Async(() => stream.Pump!.Rest is { IsWhole: true });
        Assert.True(_budget.Held > 0);
        Assert.Equal(Numbers(0, 400_000), await Client.RestAsync());
        await Eventually.Async(() => _budget.Held == 0 && !Rig.Streams.Open.Any());
    }

    [Theory]
    [InlineData(Attach, Ok)]
    [InlineData(OddAttach, Ok)]
    public async Task What_the_client_sends_still_reaches_the_engine(string request, string answer)
    {
        var (engine, stream) = await StallAsync(request, answer);
        await TakeOverAsync(stream, Ample);
        await Client.SendAsync("in");
        Assert.Equal("in", await engine.TextAsync(2));
        Client.HalfClose();
        Assert.Equal("", await engine.RestAsync());
        await _sending;
        engine.Dispose();
        Assert.Equal(Numbers(0, 200_000), await Client.RestAsync());
    }

    [Theory]
    [InlineData(Attach, Ok)]
    [InlineData(OddAttach, Ok)]
    public async Task Beyond_what_may_be_held_the_engine_is_let_go_and_the_client_gets_what_there_is(string request, string answer)
    {
        var (engine, stream) = await StallAsync(request, answer);
        await TakeOverAsync(stream, new RestLimits(100_000, 64 << 20));
        Assert.Equal("", await engine.RestAsync());
        Assert.True(stream.Pump!.Rest!.IsCut);
        var read = await Client.RestAsync();
        Assert.StartsWith(read, Numbers(0, 200_000), StringComparison.Ordinal);
        Assert.True(read.Length > 100_000);
    }

    [Theory]
    [InlineData(Attach, Ok)]
    [InlineData(OddAttach, Ok)]
    public async Task A_client_that_leaves_has_its_memory_given_back_and_the_engine_sees_it_gone(string request, string answer)
    {
        var (engine, stream) = await StallAsync(request, answer);
        await TakeOverAsync(stream, Ample);
        await Eventually.Async(() => _budget.Held > 100_000);
        Client.Dispose();
        Assert.Equal("", await engine.RestAsync());
        await Eventually.Async(() => _budget.Held == 0 && !Rig.Streams.Open.Any());
    }

    [Fact]
    public async Task Which_container_an_exec_is_of_is_learned_as_it_is_made_through_us()
    {
        var (id, exec) = (Samples.Id("abc"), Samples.Id("e"));
        Rig.Know(new ListedContainer(id, ["/web"], Running: true, Pod: null));
        await Client.SendAsync("POST /v1.41/containers/web/exec HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}");
        var connection = await Engine.AcceptAsync();
        await connection.AnswerAsync();
        var body = $"{{\"Id\":\"{exec}\"}}\n";
        await connection.SendAsync($"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        Assert.Equal(body, (await Client.AnswerAsync()).Body);
        await Client.SendAsync($"POST /exec/{exec}/start HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 2\r\n\r\n{{}}");
        await connection.AnswerAsync();
        Assert.Equal((StreamKind.Exec, exec, id), Assert.Single(Rig.Streams.Open.Select(one => (one.Kind, one.Reference, one.ContainerId!))));
        Assert.Null(Rig.ExecOwners.Take(exec));
    }

    [Theory]
    [InlineData("GET /v1.41/containers/web/archive?path=/ HTTP/1.1\r\nHost: h\r\n\r\n", "Download")]
    [InlineData("PUT /containers/web/archive?path=/ HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n", "Upload")]
    [InlineData("GET /events HTTP/1.1\r\nHost: h\r\n\r\n", "Events")]
    public async Task Transfers_and_events_are_watched_until_their_end(string request, string kind)
    {
        await Client.SendAsync(request);
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        var stream = Assert.Single(Rig.Streams.Open);
        Assert.Equal((kind, kind == "Events" ? "" : "web"), (stream.Kind.ToString(), stream.Reference));
        if (kind == "Upload")
        {
            await Eventually.Async(() => stream.WaitsSince != 0);
            Assert.Equal(0, stream.BodySent);
            await Client.SendAsync("123456789");
            await connection.TextAsync(9);
            await Eventually.Async(() => stream.WaitsSince == 0);
            await Eventually.Async(() => stream.BodySent == 9);
        }

        var length = kind == "Upload" ? 0 : 1 << 20;
        var sending = connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n" + new string('x', length));
        if (length > 0) await Eventually.Async(() => stream.WaitsSince != 0);
        await Client.HeadAsync();
        await Client.TextAsync(length);
        await sending;
        await Eventually.Async(() => !Rig.Streams.Open.Any());
    }

    [Fact]
    public async Task An_upload_whose_client_waits_for_a_100_is_not_waited_for()
    {
        await Client.SendAsync("PUT /containers/web/archive?path=/ HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        var stream = Assert.Single(Rig.Streams.Open);

        // Nothing tells that the proxy waits; so long it would be seen to.
        for (var i = 0; i < 20 && stream.WaitsSince == 0; i++) await Task.Delay(TimeSpan.FromMilliseconds(5), TestContext.Current.CancellationToken);
        Assert.Equal(0, stream.WaitsSince);
        await connection.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
        await Client.HeadAsync();
        await Client.SendAsync("1234");
        await Eventually.Async(() => stream.WaitsSince != 0);
    }

    [Fact]
    public async Task A_cut_that_comes_after_the_end_of_its_call_leaves_the_connection_alone()
    {
        const string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        await Client.SendAsync("GET /containers/web/archive?path=/ HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        var first = Assert.Single(Rig.Streams.Open);
        await connection.SendAsync(answer);
        Assert.Equal("ok", (await Client.AnswerAsync()).Body);
        await Eventually.Async(() => !Rig.Streams.Open.Any());
        first.Cut();
        await Client.SendAsync("GET /containers/web/archive?path=/ HTTP/1.1\r\nHost: h\r\n\r\n");
        await connection.HeadAsync();
        first.Cut();
        await connection.SendAsync(answer);
        Assert.Equal("ok", (await Client.AnswerAsync()).Body);
        await Client.SendAsync("GET /containers/web/archive?path=/ HTTP/1.1\r\nHost: h\r\n\r\n");
        await connection.HeadAsync();
        Assert.Single(Rig.Streams.Open).Cut();
        Assert.Equal("", await connection.RestAsync());
    }

    private static string Numbers(int from, int to) => string.Concat(Enumerable.Range(from, to - from).Select(i => $"{i}\n"));

    /// <summary>The pump learns a moment after the stream that its send waits.</summary>
    private Task TakeOverAsync(ClientStream stream, RestLimits limits) => Eventually.Async(() => stream.Pump!.TryTakeOver(_budget, limits));

    /// <summary>A stream of which more was sent than all sockets hold, and whose client has read its head alone.</summary>
    private async Task<(RawPeer Engine, ClientStream Stream)> StallAsync(string request, string answer)
    {
        await Client.SendAsync(request);
        var engine = await Engine.AcceptAsync();
        await engine.AnswerAsync();
        await engine.SendAsync(answer);
        Assert.Equal(answer, await Client.HeadAsync());
        _sending = engine.SendAsync(Numbers(0, 200_000));
        var stream = Assert.Single(Rig.Streams.Open);
        await Eventually.Async(() => stream.WaitsSince != 0 && stream.Pump is not null);
        return (engine, stream);
    }
}
