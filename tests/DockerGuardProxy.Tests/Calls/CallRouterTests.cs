using DockerGuardProxy.Engine;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Hosting;
using Xunit;

namespace DockerGuardProxy.Tests.Calls;

/// <summary>Which way a call takes, through the running proxy. A guarded one leaves its client's own connection.</summary>
public sealed class CallRouterTests() : ProxiedTests(known: new ListedContainer(Id, ["/web"], Running: true, Pod: null))
{
    private const string Form = "application/x-www-form-urlencoded";
    private static readonly string Id = Samples.Id("abc");

    [Theory]
    [InlineData("POST", "/containers/web/stop")]
    [InlineData("POST", "/v1.41/containers%2Fweb%2Fkill")]
    [InlineData("DELETE", "/containers/web?force=1")]
    public async Task A_terminating_call_meets_the_guard(string method, string target)
    {
        await Client.SendAsync($"{method} {target} HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        Assert.Equal($"{method} {target} HTTP/1.1\r\nHost: h\r\n\r\n", await connection.HeadAsync());
        Assert.Equal(1, Rig.Ledger.Snapshot().OpenCalls);
    }

    [Theory]
    [InlineData("GET", "/containers/web/json")]
    [InlineData("POST", "/containers/web/kill?signal=HUP")]
    [InlineData("DELETE", "/containers/web")]
    public async Task Others_pass(string method, string target)
    {
        await Client.SendAsync($"{method} {target} HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        Assert.Equal(0, Rig.Ledger.Snapshot().OpenCalls);
    }

    [Fact]
    public async Task A_form_that_makes_it_a_kill_is_seen_and_sent_along()
    {
        await SendAsync("/containers/web/kill?signal=HUP", Form, "signal=KILL");
        var (head, body) = await (await Engine.AcceptAsync()).AnswerAsync();
        Assert.Equal("signal=KILL", body);
        Assert.Contains($"Content-Type: {Form}\r\n", head, StringComparison.Ordinal);
        Assert.Equal(1, Rig.Ledger.Snapshot().OpenCalls);
    }

    [Fact]
    public async Task A_form_in_chunks_counts_as_well()
    {
        await Client.SendAsync(
            $"POST /containers/web/kill?signal=HUP HTTP/1.1\r\nHost: h\r\nContent-Type: {Form}\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "7\r\nsignal=\r\n4\r\nKILL\r\n0\r\n\r\n");
        var (head, body) = await (await Engine.AcceptAsync()).AnswerAsync();
        Assert.Equal("signal=KILL", body);
        Assert.DoesNotContain("Transfer-Encoding", head, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, Rig.Ledger.Snapshot().OpenCalls);
    }

    [Fact]
    public async Task A_form_that_makes_it_another_signal_passes_with_its_body()
    {
        await SendAsync("/containers/web/kill", Form, "signal=HUP");
        var connection = await Engine.AcceptAsync();
        Assert.Equal("signal=HUP", (await connection.AnswerAsync()).Body);
        Assert.Equal(0, Rig.Ledger.Snapshot().OpenCalls);
        await connection.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204 No Content\r\n", await Client.HeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_does_not_count_is_sent_along()
    {
        await SendAsync("/containers/web/stop", "application/json", "{}");
        Assert.Equal("{}", (await (await Engine.AcceptAsync()).AnswerAsync()).Body);
    }

    [Fact]
    public async Task Of_a_huge_body_that_does_not_count_nothing_is_kept_and_the_next_request_is_found_behind_it()
    {
        await SendAsync("/containers/web/stop", "application/octet-stream", new string('x', 1_000_000));
        var connection = await Engine.AcceptAsync();
        Assert.Equal("", (await connection.AnswerAsync()).Body);
        await connection.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204 No Content\r\n", await Client.HeadAsync(), StringComparison.Ordinal);
        await Client.SendAsync("GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
        Assert.StartsWith("GET /next ", await (await Engine.AcceptAsync()).HeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_passes_and_renames_is_known_before_it_is_answered()
    {
        await Client.SendAsync("POST /containers/web/rename?name=db HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        await Client.HeadAsync();
        Assert.Equal(Id, Rig.Index.Resolve("db").Container?.Id);
        Assert.False(Rig.Index.Resolve("web").IsFound);
    }

    [Fact]
    public async Task What_passes_and_creates_is_known_before_it_is_answered()
    {
        var id = Samples.Id("def");
        await SendAsync("/containers/create?name=new", "application/json", """{"Image":"i","StopTimeout":7}""");
        var connection = await Engine.AcceptAsync();
        await connection.AnswerAsync();
        var answer = $$"""{"Id":"{{id}}","Warnings":[]}""";
        await connection.SendAsync($"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {answer.Length}\r\n\r\n{answer}");
        Assert.Equal(answer, (await Client.AnswerAsync()).Body);
        Assert.Equal((id, 7L), (Rig.Index.Resolve("new").Container?.Id, Rig.Index.Resolve("new").Container?.StopTimeout));
    }

    private Task SendAsync(string target, string type, string body) => Client.SendAsync(
        $"POST {target} HTTP/1.1\r\nHost: h\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
}
