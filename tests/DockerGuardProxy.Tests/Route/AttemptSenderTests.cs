using DockerGuardProxy.Engine;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Hosting;
using Xunit;

namespace DockerGuardProxy.Tests.Route;

/// <summary>How terminating calls are sent, through the running proxy.</summary>
public sealed class AttemptSenderTests() : ProxiedTests(known: new ListedContainer(Id, ["/web"], Running: true, Pod: null))
{
    private static readonly string Id = Samples.Id("abc");

    [Fact]
    public async Task The_engines_answer_comes_back_unchanged()
    {
        await SendAsync("/v1.41/containers/web/stop?t=1");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 500 Odd\r\nApi-Version: 1.41\r\nDate: d\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"message\":\"x\"}");
        var (head, body) = await Client.AnswerAsync();
        Assert.Equal("HTTP/1.1 500 Odd\r\nApi-Version: 1.41\r\nDate: d\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n".Split("\r\n").Order(), head.Split("\r\n").Order());
        Assert.Equal("{\"message\":\"x\"}", body);
        Assert.Empty(Rig.Ledger.Snapshot().Containers);
    }

    [Fact]
    public async Task Its_connection_is_closed_with_the_answer()
    {
        await SendAsync("/containers/web/stop");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        await Client.HeadAsync();
        Assert.Equal("", await connection.RestAsync());
    }

    [Fact]
    public async Task It_is_never_sent_twice()
    {
        await SendAsync("/containers/web/stop");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        connection.Dispose();
        var (head, body) = await Client.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 502 Bad Gateway\r\n", head, StringComparison.Ordinal);
        Assert.Equal($"{{\"message\":\"docker-guard-proxy: no answer from the engine at {Rig.EnginePath}: the connection was lost before it answered\"}}\n", body);
        Assert.True(Engine.IsQuiet);
        Assert.Equal(0, Rig.Ledger.Snapshot().OpenCalls);
    }

    [Fact]
    public async Task A_reset_is_told_in_the_same_words_as_an_end()
    {
        await SendAsync("/containers/web/stop");
        var connection = await Engine.AcceptAsync();
        await Eventually.Async(() => !connection.IsSilent);
        connection.Dispose();
        Assert.EndsWith(": the connection was lost before it answered\"}\n", (await Client.AnswerAsync()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_engine_is_502()
    {
        Engine.Dispose();
        await SendAsync("/containers/web/stop");
        Assert.EndsWith("the socket does not exist\"}\n", (await Client.AnswerAsync()).Body, StringComparison.Ordinal);
        Assert.Equal(0, Rig.Ledger.Snapshot().OpenCalls);
    }

    [Fact]
    public async Task It_stays_open_when_its_client_leaves()
    {
        await SendAsync("/containers/web/stop");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        Client.Dispose();

        // The proxy has surely seen the departure once it has served somebody else.
        using var other = await Rig.ConnectAsync();
        await other.SendAsync("GET /_ping HTTP/1.1\r\nHost: h\r\n\r\n");
        await (await Engine.AcceptAsync()).HeadAsync();
        Assert.Equal(1, Rig.Ledger.Snapshot().OpenCalls);
        Assert.True(connection.IsSilent);
        await connection.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        Assert.Equal("", await connection.RestAsync());
        await Eventually.Async(() => Rig.Ledger.Snapshot().OpenCalls == 0);
    }

    [Fact]
    public async Task A_request_that_has_come_whole_is_sent_although_its_client_has_left()
    {
        await SendAsync("/containers/web/stop");
        Client.Dispose();
        Assert.StartsWith("POST /containers/web/stop HTTP/1.1\r\n", await (await Engine.AcceptAsync()).HeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_half_closed_client_gets_its_answer()
    {
        await SendAsync("/containers/web/stop");
        Client.HalfClose();
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 204 No Content\r\nDate: d\r\n\r\n");
        Assert.Equal("HTTP/1.1 204 No Content\r\nDate: d\r\n\r\n", await Client.RestAsync());
    }

    [Fact]
    public async Task HTTP_1_0_is_guarded_and_answered_in_kind()
    {
        await Client.SendAsync("POST /containers/web/stop HTTP/1.0\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        Assert.Equal("POST /containers/web/stop HTTP/1.1\r\nHost: \r\n\r\n", await connection.HeadAsync());
        Assert.Equal(1, Rig.Ledger.Snapshot().OpenCalls);
        await connection.SendAsync("HTTP/1.1 204 No Content\r\nDate: d\r\n\r\n");
        Assert.Equal("HTTP/1.0 204 No Content\r\nConnection: close\r\nDate: d\r\n\r\n", await Client.RestAsync());
    }

    [Fact]
    public async Task A_client_that_wants_its_connection_closed_has_its_own_way()
    {
        await Client.SendAsync("POST /containers/web/stop HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        Assert.Equal("POST /containers/web/stop HTTP/1.1\r\nHost: h\r\n\r\n", await connection.HeadAsync());
        await connection.SendAsync("HTTP/1.1 404 Not Found\r\nDate: d\r\nContent-Length: 2\r\n\r\nno");
        var answer = await Client.RestAsync();
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nno", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_that_closes_its_own_connection_does_not_close_the_clients()
    {
        await SendAsync("/containers/web/stop");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
        Assert.DoesNotContain("Connection:", (await Client.AnswerAsync()).Head, StringComparison.Ordinal);
        await SendAsync("/containers/web/stop");
        await (await Engine.AcceptAsync()).HeadAsync();
    }

    [Fact]
    public async Task Two_calls_sent_at_once_are_answered_in_turn()
    {
        await SendAsync("/containers/web/stop?t=1");
        await SendAsync("/containers/web/stop?t=2");
        foreach (var status in new[] { "500 A", "500 B" })
        {
            var connection = await Engine.AcceptAsync();
            await connection.HeadAsync();
            await connection.SendAsync($"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
            Assert.StartsWith($"HTTP/1.1 {status}\r\n", await Client.HeadAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_removal_is_known_before_it_is_answered()
    {
        await Client.SendAsync("DELETE /containers/web?force=1 HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        await Client.HeadAsync();
        Assert.False(Rig.Index.Resolve("web").IsFound);
    }

    private Task SendAsync(string target) => Client.SendAsync($"POST {target} HTTP/1.1\r\nHost: h\r\n\r\n");
}
