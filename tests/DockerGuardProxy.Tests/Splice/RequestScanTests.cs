using System.Text;
using CsCheck;
using DockerGuardProxy.Splice;
using Xunit;

namespace DockerGuardProxy.Tests.Splice;

public sealed class RequestScanTests
{
    private const string Ping = "GET /_ping HTTP/1.1\r\nHost: docker\r\n";

    [Theory]
    [InlineData("GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n")]
    [InlineData("GET /v1.41/containers/json?all=1&filters=%7B%7D HTTP/1.1\r\nHost: api.moby.localhost\r\nUser-Agent: Docker-Client/26.1.5 (linux)\r\n\r\n")]
    [InlineData("HEAD /_ping HTTP/1.1\r\nhost:\r\n\r\n")]
    [InlineData("HEAD /_ping HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("DELETE //x HTTP/1.1\r\nHOST:%2Fvar%2Frun%2Fdocker.sock \t\r\n\r\n")]
    [InlineData(Ping + "Connection: Upgrade, close\r\nUpgrade: tcp\r\n\r\n")]
    [InlineData(Ping + "Connection: keep-alive\r\nX-Empty:\r\nX-High: \u00e9\u00ff\r\nX-Tab: a\tb\r\n\r\n")]
    [InlineData(Ping + "Content-Length: 000000000000000012\r\n\r\n")]
    [InlineData(Ping + "transfer-encoding: CHUNKED\r\nExpect: 100-Continue\r\n\r\n")]
    [InlineData(Ping + "Upgrade: h2c\r\nTE: trailers\r\nKeep-Alive: 5\r\nProxy-Connection: close\r\n\r\n")]
    public void Plain_heads(string head) => Assert.Equal((RequestOutcome.Plain, head.Length), Read(head + "GET / HTTP/1.1"));

    [Theory]
    [InlineData("get / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("M-SEARCH / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /\u00e9 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: /var/run/docker.sock\r\n\r\n")]
    [InlineData(Ping + "Connection: keep-alive close\r\n\r\n")]
    [InlineData(Ping + "Connection: close\r\nConnection: close\r\n\r\n")]
    [InlineData(Ping + "Connection: Upgrade, HTTP2-Settings\r\n\r\n")]
    [InlineData(Ping + "Connection:\r\n\r\n")]
    [InlineData(Ping + "Connection: content-length\r\nContent-Length: 5\r\n\r\n")]
    [InlineData(Ping + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n")]
    [InlineData(Ping + "Expect: 200-ok\r\n\r\n")]
    [InlineData(Ping + "Expect: 100-continue\r\nExpect: 100-continue\r\n\r\n")]
    [InlineData(Ping + "Upgrade: tcp\r\nUpgrade: tcp\r\n\r\n")]
    [InlineData(Ping + "Trailer: Content-Length\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData(Ping + "Content-Type: text/plain\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n")]
    public void Odd_heads_with_a_certain_end(string head) => Assert.Equal((RequestOutcome.OddBounded, head.Length), Read(head + "GET / HTTP/1.1"));

    [Theory]
    [InlineData("\r")]
    [InlineData("\r\nGET / HTTP/1.1\r\n")]
    [InlineData("\u0016\u0003\u0001")]
    [InlineData(" GET / HTTP/1.1\r\n")]
    [InlineData("GET / HTTP/1.0\r\n")]
    [InlineData("GET / HTTP/1.2\r\n")]
    [InlineData("GET / http/1.1\r\n")]
    [InlineData("GET /\r\n")]
    [InlineData("GET  HTTP/1.1\r\n")]
    [InlineData("GET  / HTTP/1.1\r\n")]
    [InlineData("GET / HTTP/1.1 \r\n")]
    [InlineData("GET / x HTTP/1.1\r\n")]
    [InlineData("GET /\t HTTP/1.1\r\n")]
    [InlineData("G(T / HTTP/1.1\r\n")]
    [InlineData("CONNECT /x HTTP/1.1\r\n")]
    [InlineData("connect x:1 HTTP/1.1\r\n")]
    [InlineData("GET / HTTP/1.1\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\n")]
    [InlineData("GET / HTTP/1.1\r\n\n")]
    [InlineData("GET / HTTP/1.1\rHost: x\r\n")]
    [InlineData("GET / HTTP/1.1\r\n Host: x\r\n")]
    [InlineData(Ping + " folded\r\n")]
    [InlineData(Ping + "\tfolded: x\r\n")]
    [InlineData(Ping + "X : y\r\n")]
    [InlineData(Ping + ": y\r\n")]
    [InlineData(Ping + "X\r\n")]
    [InlineData(Ping + "X\u00e9: y\r\n")]
    [InlineData(Ping + "X: a\rb\r\n")]
    [InlineData(Ping + "X: a\r\r\n")]
    [InlineData(Ping + "X: a\0\r\n")]
    [InlineData(Ping + "X: a\u007f\r\n")]
    [InlineData(Ping + "Content-Length: 5\r\nContent-Length: 5\r\n")]
    [InlineData(Ping + "Content-Length: 5, 5\r\n")]
    [InlineData(Ping + "Content-Length: +5\r\n")]
    [InlineData(Ping + "Content-Length: 5 5\r\n")]
    [InlineData(Ping + "Content-Length: 0x5\r\n")]
    [InlineData(Ping + "Content-Length:\r\n")]
    [InlineData(Ping + "Content-Length: 0000000000000000001\r\n")]
    [InlineData(Ping + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData(Ping + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")]
    [InlineData(Ping + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData(Ping + "Transfer-Encoding: gzip, chunked\r\n")]
    [InlineData(Ping + "Transfer-Encoding: identity\r\n")]
    [InlineData(Ping + "Transfer-Encoding: \"chunked\"\r\n")]
    [InlineData(Ping + "Transfer-Encoding: xchunked\r\n")]
    [InlineData("HEAD / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("head / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\nX")]
    [InlineData("PRI * HTTP/2.0 \r\n")]
    [InlineData("PRI * HTTP/1.0\r\n")]
    public void Odd_heads_are_told_as_early_as_they_can_be(string head)
    {
        Assert.Equal(RequestOutcome.Odd, Read(head).Outcome);
        Assert.Equal(RequestOutcome.Odd, Read(head + "X: y\r\n\r\n").Outcome);
    }

    [Fact]
    public void The_preface_of_HTTP_2_is_told_when_its_head_is_whole()
    {
        // Go answers to these 18 bytes: they are not to wait for the other six.
        const string preface = "PRI * HTTP/2.0\r\n\r\n";
        Assert.Equal(RequestOutcome.Incomplete, Read(preface[..^1]).Outcome);
        Assert.Equal(RequestOutcome.Http2, Read(preface).Outcome);
        Assert.Equal(RequestOutcome.Http2, Read(preface + "SM\r\n\r\n\0\0\0").Outcome);
        Assert.Equal(RequestOutcome.Odd, Read(Ping + preface).Outcome);
    }

    [Theory]
    [InlineData(RequestScan.MaxHead, true)]
    [InlineData(RequestScan.MaxHead + 1, false)]
    public void A_head_has_a_bound(int length, bool isPlain)
    {
        var outcome = isPlain ? RequestOutcome.Plain : RequestOutcome.Odd;
        var head = Ping + "X: " + new string('x', length - Ping.Length - 7) + "\r\n\r\n";
        Assert.Equal(outcome, Read(head).Outcome);
        Assert.Equal(outcome, Read(head, 100_000).Outcome);
        Assert.Equal(RequestOutcome.Odd, Read(new string('G', RequestScan.MaxHead + 1)).Outcome);
    }

    [Fact]
    public void What_the_head_says_is_told()
    {
        const string text = "POST /v1.45/exec/1/start HTTP/1.1\r\nHost: x\r\nUser-Agent:  Docker-Client/26 (linux) \r\nuser-agent: other\r\n"
            + "Content-Type: application/json\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\n";
        var head = Encoding.Latin1.GetBytes(text);
        var scan = default(RequestScan);

        Assert.Equal(RequestOutcome.Plain, scan.Read(head));
        Assert.Equal(("POST", "/v1.45/exec/1/start"), (text[scan.Method], text[scan.Target]));
        Assert.Equal((FramingKind.Length, false, true, true), (scan.Framing.Kind, scan.Closes, scan.ExpectsContinue, scan.HasUpgrade));
        var framing = scan.Framing;
        Assert.Equal(12, framing.Follow(new byte[20]));
    }

    [Fact]
    public void What_the_head_does_not_say_is_not_so()
    {
        var scan = default(RequestScan);

        Assert.Equal(RequestOutcome.Plain, scan.Read("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8));
        Assert.Equal((FramingKind.None, true, false, false), (scan.Framing.Kind, scan.Closes, scan.ExpectsContinue, scan.HasUpgrade));
        Assert.True(scan.Framing.IsComplete);
    }

    [Fact]
    public void Any_cut_of_any_mutated_head_gives_the_same()
    {
        var seeds = Gen.OneOf(
            Ping + "Content-Length: 5\r\nConnection: close\r\n\r\nhello",
            "POST /containers/x/kill?signal=9 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0");
        var texts = Gen.OneOf("\r", "\n", "\r\n", " ", "\t", ":", "\0", "X", ",", "\u00e9");
        var mutations = Gen.Select(Gen.Int[0, 120], texts, Gen.Int[0, 3]).Array[0, 3];

        Gen.Select(seeds, mutations, Gen.Int[1, 40]).Sample((seed, changes, step) =>
        {
            var text = new StringBuilder(seed);
            foreach (var (at, what, removed) in changes)
            {
                var start = Math.Min(at, text.Length);
                text.Remove(start, Math.Min(removed, text.Length - start)).Insert(start, what);
            }

            var whole = Read(text.ToString());
            Assert.Equal(whole, Read(text.ToString(), step));
            Assert.True(whole.Length <= text.Length);
            if (whole.Outcome == RequestOutcome.Plain) Assert.EndsWith("\r\n\r\n", text.ToString()[..whole.Length], StringComparison.Ordinal);
        });
    }

    private static (RequestOutcome Outcome, int Length) Read(string text, int step = int.MaxValue)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var scan = default(RequestScan);
        var outcome = RequestOutcome.Incomplete;
        for (var length = 0; length < bytes.Length && outcome == RequestOutcome.Incomplete;)
        {
            length = (int)Math.Min((long)length + step, bytes.Length);
            outcome = scan.Read(bytes.AsSpan(0, length));
        }

        return (outcome, outcome is RequestOutcome.Plain or RequestOutcome.OddBounded ? scan.Length : 0);
    }
}
