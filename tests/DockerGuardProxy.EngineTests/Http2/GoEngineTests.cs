using System.Net;
using System.Text.RegularExpressions;
using DockerGuardProxy.EngineTests.Fuzz;
using DockerGuardProxy.EngineTests.Guard;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Http2;

/// <summary>Engines of Go's net/http, with HTTP/2 as dockerd has it from 29.2 on and without, as their clients see them.</summary>
public sealed partial class GoEngineTests
{
    private const string WebId = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Theory]
    [InlineData("1.24", true)]
    [InlineData("1.24", false)]
    [InlineData("1.15", false)]
    public async Task Curl_sees_what_the_engine_gives(string version, bool isSpoken)
    {
        using var engine = await GoEngine.StartAsync(version, isSpoken ? ["h2c"] : []);
        await using var proxy = await Proxy.StartAsync(engine.SocketPath, engine.SocketPath + ".pid");
        (string, string)[] calls = [("GET", "/_ping"), ("HEAD", "/a%2Fb?x=%41"), ("POST", "/containers/web/kill"), ("PUT", "/x")];
        foreach (var (method, target) in calls)
        {
            var direct = await CurlAsync(engine.SocketPath, method, target);
            var proxied = await CurlAsync(proxy.Socket, method, target);
            Assert.Equal(isSpoken, direct.Output.StartsWith("HTTP/2 ", StringComparison.Ordinal));
            if (isSpoken) Assert.Equal(direct, proxied);

            // Which of its errors curl names depends on how far it has come when the engine closes.
            else Assert.True((direct.Output, proxied.Output) is ("", "") && direct.Code > 0 && proxied.Code > 0, $"{direct}\n{proxied}");
        }
    }

    [Theory]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\n")]
    public async Task An_engine_without_HTTP_2_answers_byte_for_byte(string greeting)
    {
        foreach (var version in (string[])["1.15", "1.24"])
        {
            using var engine = await GoEngine.StartAsync(version);
            await using var proxy = await Proxy.StartAsync(engine.SocketPath, engine.SocketPath + ".pid");
            var bytes = System.Text.Encoding.Latin1.GetBytes(greeting);
            var direct = GoEngine.Answer(engine.SocketPath, bytes, []);
            Assert.NotEmpty(direct);
            Assert.Equal(WithoutDate(direct), WithoutDate(GoEngine.Answer(proxy.Socket, bytes, [])));
        }
    }

    [Fact]
    public async Task Kills_over_both_protocols_are_counted_together_and_one_reaches_an_engine_that_leaks()
    {
        using var engine = await GoEngine.StartAsync("1.24", "h2c", "leaks");
        await using var proxy = await Proxy.StartAsync(engine.SocketPath, engine.SocketPath + ".pid");
        await proxy.ReadyAsync();
        using var client = Http2Client.To(proxy.Socket);
        using var leave = new CancellationTokenSource();
        var calls = new List<Task> { client.SendAsync(Http2Client.Request("POST", $"/containers/{WebId}/kill"), leave.Token) };
        Assert.NotNull(await Poll.UntilAsync(() => engine.Ended() == 1, TimeSpan.FromSeconds(20)));
        for (var number = 0; number < 200; number++)
            calls.Add(client.SendAsync(Http2Client.Request("POST", $"/v1.41/containers/{WebId}/kill?signal=SIGKILL"), leave.Token));
        calls.Add(proxy.Api.SendAsync(HttpMethod.Post, $"/containers/{WebId}/kill", cancellationToken: leave.Token));
        Assert.NotNull(await proxy.BecomesAsync(status => status.Calls.Waiting == 201, TimeSpan.FromSeconds(20)));
        Assert.Equal(1, engine.Ended());

        // A caller that resets its stream has left; what it asked for stays with the engine, once.
        await leave.CancelAsync();
        foreach (var call in calls) await Record.ExceptionAsync(() => call);
        Assert.NotNull(await proxy.BecomesAsync(status => status.Calls is { Waiting: 0, Open: 1 }, TimeSpan.FromSeconds(20)));
        Assert.Equal(1, engine.Ended());
        using var ping = await client.SendAsync(Http2Client.Request("GET", "/_ping"), CancellationToken.None);
        Assert.Equal(HttpStatusCode.OK, ping.StatusCode);
    }

    [Fact]
    public async Task H2load_has_every_call_answered()
    {
        using var engine = await GoEngine.StartAsync("1.24", "h2c");
        await using var proxy = await Proxy.StartAsync(engine.SocketPath, engine.SocketPath + ".pid");
        var load = await Command.RunAsync(
            ["h2load", "-n", "20000", "-c", "4", "-m", "64", "--base-uri=unix:" + proxy.Socket, "http://docker/_ping"]);
        Assert.Contains("20000 succeeded, 0 failed, 0 errored, 0 timeout", load.Output, StringComparison.Ordinal);
        Assert.Contains("h2c", load.Output, StringComparison.Ordinal);
    }

    /// <summary>What curl prints: the head's fields in one order, for theirs may differ.</summary>
    private static async Task<(int Code, string Output)> CurlAsync(string socket, string method, string target)
    {
        string[] how = method == "HEAD" ? ["--head"] : ["-X", method];
        var curl = await Command.RunAsync(
        [
            "curl", "-sS", "-i", "--path-as-is", "--max-time", "20", "--http2-prior-knowledge", "--unix-socket", socket, .. how,
            "http://docker" + target,
        ]);
        var (head, body) = Date().Replace(curl.Output, "date: now").Split("\r\n\r\n", 2) is [var first, var rest] ? (first, rest) : (curl.Output, "");
        var lines = head.Split("\r\n");
        return (curl.ExitCode, string.Join('\n', [lines[0], .. lines[1..].Order(StringComparer.Ordinal), body]).Trim());
    }

    private static string WithoutDate(byte[] answer) => Date().Replace(System.Text.Encoding.Latin1.GetString(answer), "date: now");

    [GeneratedRegex("date: [^\r\n]*", RegexOptions.IgnoreCase)]
    private static partial Regex Date();
}
