using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Hosting;
using Xunit;

namespace DockerGuardProxy.Tests.Route;

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
    public async Task The_answer_to_a_creation_comes_whole_to_HTTP_1_0_too()
    {
        await Client.SendAsync("POST /containers/create HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}");
        var connection = await Engine.AcceptAsync();
        await connection.AnswerAsync();
        await connection.SendAsync("HTTP/1.1 201 Created\r\nContent-Length: 12\r\n\r\n{\"Id\":\"abc\"}");
        Assert.StartsWith("HTTP/1.0 201 ", await Client.HeadAsync(), StringComparison.Ordinal);
        Assert.Equal("{\"Id\":\"abc\"}", await Client.ThroughAsync("}"));
    }

    [Fact]
    public async Task A_client_that_ends_its_side_inside_a_body_that_nobody_reads_has_its_call_sent()
    {
        await Client.SendAsync("POST /containers/web/stop HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n{}");
        Client.HalfClose();
        var connection = await Engine.AcceptAsync();
        Assert.StartsWith("POST /containers/web/stop ", await connection.HeadAsync(), StringComparison.Ordinal);
        await connection.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204 ", await Client.HeadAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(Rig.Log.Entries, entry => entry.Id == 1101);
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

    [Theory]
    [InlineData("kill?signal=TERM", true)]
    [InlineData("kill", false)]
    [InlineData("stop", false)]
    [InlineData("restart", false)]
    public async Task An_empty_body_in_chunks_ends_at_the_engine_too(string action, bool isGuarded)
    {
        if (!isGuarded) Rig.Ledger.Policies = GuardPolicies.All(GuardPolicy.Default with { Mode = GuardMode.Off });
        await Client.SendAsync(
            $"POST /v1.41/containers/web/{action} HTTP/1.1\r\nHost: h\r\nContent-Type: {Form}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        Assert.Contains("\r\nTransfer-Encoding: chunked\r\n", await connection.HeadAsync(), StringComparison.Ordinal);
        Assert.Equal("", await connection.ChunksAsync());
        await connection.SendAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 404 ", await Client.HeadAsync(), StringComparison.Ordinal);
        await Client.SendAsync("GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
        var next = await Engine.AcceptAsync();
        Assert.StartsWith("GET /next ", await next.HeadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json", "DELETE", "?force=1")]
    [InlineData("application/json", "POST", "/stop")]
    public async Task So_does_one_that_does_not_count_while_the_guard_is_off(string type, string method, string rest)
    {
        Rig.Ledger.Policies = GuardPolicies.All(GuardPolicy.Default with { Mode = GuardMode.Off });
        await Client.SendAsync(
            $"{method} /containers/web{rest} HTTP/1.1\r\nHost: h\r\nContent-Type: {type}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        Assert.Equal("0\r\nX: y\r\n\r\n", await connection.ThroughAsync("y\r\n\r\n"));
    }

    [Fact]
    public async Task An_empty_body_that_waits_to_be_asked_for_ends_at_the_engine_too()
    {
        await Client.SendAsync(
            "POST /containers/web/kill?signal=TERM HTTP/1.1\r\n"
            + $"Host: h\r\nContent-Type: {Form}\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100 ", await Client.HeadAsync(), StringComparison.Ordinal);
        await Client.SendAsync("0\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        Assert.Equal("", await connection.ChunksAsync());
    }

    [Fact]
    public async Task An_empty_form_in_chunks_that_meets_the_guard_has_no_chunks_left()
    {
        await Client.SendAsync(
            "POST /containers/web/kill HTTP/1.1\r\n"
            + $"Host: h\r\nContent-Type: {Form}\r\nTrailer: X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n");
        var head = await (await Engine.AcceptAsync()).HeadAsync();
        Assert.Equal($"POST /containers/web/kill HTTP/1.1\r\nHost: h\r\nContent-Type: {Form}\r\nContent-Length: 0\r\n\r\n", head);
    }

    [Fact]
    public async Task A_body_that_was_dropped_leaves_nothing_of_its_framing_while_the_guard_is_off()
    {
        Rig.Ledger.Policies = GuardPolicies.All(GuardPolicy.Default with { Mode = GuardMode.Off });
        await Client.SendAsync(
            "POST /containers/web/stop HTTP/1.1\r\n"
            + "Host: h\r\nTrailer: X\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100 ", await Client.HeadAsync(), StringComparison.Ordinal);
        await Client.SendAsync($"f4240\r\n{new string('x', 1_000_000)}\r\n0\r\nX: y\r\n\r\n");
        Assert.Equal("POST /containers/web/stop HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", await (await Engine.AcceptAsync()).HeadAsync());
    }

    [Theory]
    [InlineData("zz\r\n")]
    [InlineData("2\r\n{}\r\nzz\r\n")]
    public async Task A_body_of_broken_chunks_that_does_not_count_keeps_no_call_from_the_guard(string chunks)
    {
        await Client.SendAsync("POST /containers/web/stop HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks);
        var connection = await Engine.AcceptAsync();
        Assert.Equal("POST /containers/web/stop HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", await connection.HeadAsync());
        Assert.Equal(1, Rig.Ledger.Snapshot().OpenCalls);
        await connection.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 204 No Content\r\n", await Client.RestAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_of_broken_chunks_ends_at_the_engine_without_a_last_chunk()
    {
        await Client.SendAsync(
            $"POST /containers/web/kill HTTP/1.1\r\nHost: h\r\nContent-Type: {Form}\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nsignal=\r\nzz\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        Assert.DoesNotContain("0\r\n\r\n", await connection.RestAsync(), StringComparison.Ordinal);
        await connection.SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", await Client.HeadAsync(), StringComparison.Ordinal);
        Assert.Equal(0, Rig.Ledger.Snapshot().OpenCalls);
    }

    [Fact]
    public async Task A_form_of_broken_chunks_is_a_kill_where_the_engine_overlooks_it()
    {
        await Client.SendAsync(
            "POST /containers/web/kill HTTP/1.1\r\n"
            + $"Host: h\r\nContent-Type: {Form}; a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nsignal=TERM\r\nzz\r\n");
        Assert.Contains("\r\nContent-Length: 0\r\n", await (await Engine.AcceptAsync()).HeadAsync(), StringComparison.Ordinal);
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
