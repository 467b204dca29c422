using System.Text;
using CsCheck;
using DockerGuardProxy.Splice;
using Xunit;

namespace DockerGuardProxy.Tests.Splice;

public sealed class AnswerScanTests
{
    [Theory]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, nameof(FramingKind.Length), false)]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, nameof(FramingKind.Length), false)]
    [InlineData("GET", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nContent-Length: 5\r\n\r\n", 200, nameof(FramingKind.Length), false)]
    [InlineData("GET", "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n", 404, nameof(FramingKind.Chunked), false)]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n", 200, nameof(FramingKind.Chunked), false)]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 200, nameof(FramingKind.Chunked), true)]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nContent-Length: 5\r\n\r\n", 200, nameof(FramingKind.UntilClose), true)]
    [InlineData("GET", "HTTP/1.1 200 OK\r\n\r\n", 200, nameof(FramingKind.UntilClose), true)]
    [InlineData("GET", "HTTP/1.1 200 \r\n\r\n", 200, nameof(FramingKind.UntilClose), true)]
    [InlineData("GET", "HTTP/1.1 200\r\n\r\n", 200, nameof(FramingKind.UntilClose), true)]
    [InlineData("GET", "HTTP/1.1 599 \u00e9\u0001\r\nX: \u0001\r\nContent-Length: 5\r\n\r\n", 599, nameof(FramingKind.Length), false)]
    [InlineData("GET", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 5\r\n\r\n", 400, nameof(FramingKind.Length), true)]
    [InlineData("POST", "HTTP/1.1 204 No Content\r\n\r\n", 204, nameof(FramingKind.None), false)]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, nameof(FramingKind.None), false)]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, nameof(FramingKind.None), false)]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\n\r\n", 200, nameof(FramingKind.None), false)]
    [InlineData("GET", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", 200, nameof(FramingKind.Length), true)]
    [InlineData("GET", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\n", 200, nameof(FramingKind.Length), false)]
    [InlineData("GET", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n", 200, nameof(FramingKind.UntilClose), true)]
    public void Final_heads(string method, string head, int status, string framing, bool closes)
    {
        var (outcome, scan) = Read(head + "hello", method);

        Assert.Equal(AnswerOutcome.Final, outcome);
        Assert.Equal((status, framing, closes, head.Length), (scan.Status, scan.Framing.Kind.ToString(), scan.Closes, scan.Length));
    }

    [Theory]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", nameof(AnswerOutcome.Interim))]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", nameof(AnswerOutcome.Interim))]
    [InlineData("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n", nameof(AnswerOutcome.Switching))]
    public void Heads_without_an_answer(string head, string outcome)
    {
        var (read, scan) = Read(head + "hello", "POST");

        Assert.Equal((outcome, head.Length), (read.ToString(), scan.Length));
    }

    [Theory]
    [InlineData("\0")]
    [InlineData("\0\0\u0012\u0004")]
    [InlineData("HTTP/2")]
    [InlineData("HTTP/1.2 200 OK\r\n")]
    [InlineData("HTTP/1.1  200 OK\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n")]
    [InlineData("HTTP/1.1 099 OK\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n")]
    [InlineData("HTTP/1.1 2x0 OK\r\n")]
    [InlineData("HTTP/1.1 200 OK\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: y\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: y\r\n folded\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length : 5\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: x\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n")]
    public void What_is_no_answer(string head) => Assert.Equal(AnswerOutcome.NotHttp, Read(head, "GET").Outcome);

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\n\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\nContent-Length: 5\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\nTransfer-Encoding: chunked\r\n\r\n", false)]
    [InlineData("HTTP/1.1 201 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", false)]
    public void A_raw_stream_is_told_by_its_type(string head, bool isStream) => Assert.Equal(isStream, Read(head, "POST").Scan.IsRawStream);

    [Fact]
    public void Any_cut_gives_the_same()
    {
        var heads = Gen.OneOf(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\nX: y\r\n\r\n",
            "HTTP/1.1 500 x\r\nContent-Length: x\r\n\r\n",
            "HTTQ/1.1 200 OK\r\n\r\n");

        Gen.Select(heads, Gen.Int[1, 30]).Sample((head, step) =>
        {
            var whole = Read(head, "GET");
            var cut = Read(head, "GET", step);
            Assert.Equal((whole.Outcome, whole.Scan.Length, whole.Scan.Status), (cut.Outcome, cut.Scan.Length, cut.Scan.Status));
        });
    }

    private static (AnswerOutcome Outcome, AnswerScan Scan) Read(string text, string method, int step = int.MaxValue)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var scan = default(AnswerScan);
        var outcome = AnswerOutcome.Incomplete;
        for (var length = 0; length < bytes.Length && outcome == AnswerOutcome.Incomplete;)
        {
            length = (int)Math.Min((long)length + step, bytes.Length);
            outcome = scan.Read(bytes.AsSpan(0, length), Encoding.Latin1.GetBytes(method));
        }

        return (outcome, scan);
    }
}
