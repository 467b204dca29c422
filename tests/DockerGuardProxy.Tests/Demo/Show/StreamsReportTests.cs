using DockerGuardProxy.Demo.Incident;
using DockerGuardProxy.Demo.Show;
using Xunit;

namespace DockerGuardProxy.Tests.Demo.Show;

public sealed class StreamsReportTests
{
    private static readonly StreamsHalf Direct = new()
    {
        Name = "direct",
        Watched = TimeSpan.FromSeconds(8),
        Died = null,
        Killed = null,
        Inspect = null,
        LastNumber = null,
        Cured = TimeSpan.FromSeconds(0.02),
        Status = "",
    };

    private static readonly StreamsHalf Guarded = Direct with
    {
        Name = "guarded",
        Watched = TimeSpan.FromSeconds(30),
        Died = TimeSpan.FromSeconds(4.5),
        Killed = TimeSpan.FromSeconds(4.6),
        Inspect = TimeSpan.FromMilliseconds(7),
        LastNumber = 123_456,
        Cured = null,
        Status = "docker-guard-proxy 0.1.0\n  refusals      0\n  unread        pid 7 (less) does not read its attach of web, 9 bytes wait\n"
            + "                since T, 4s; taken over\n                and 9 bytes are held\n  next          row\n",
    };

    [Fact]
    public void The_table_has_both_sides_beside_each_other()
    {
        var lines = StreamsReport.Lines(Direct, Guarded).ToArray();
        Assert.Contains($"{"killed: the engine tells of the end after",-42}{"not in 8 s",12}{"4.50 s",12}", lines);
        Assert.Contains($"{"  then an inspect takes",-42}{"no answer",12}{"7 ms",12}", lines);
        Assert.Contains($"{"numbers that the client then reads, no gap",-42}{"-",12}{"123,456",12}", lines);
        Assert.Contains($"{"that client is ended: end told after",-42}{"0.02 s",12}{"-",12}", lines);
    }

    [Fact]
    public void One_line_says_it_all() => Assert.Equal(
        "a killed container whose client does not read: no end in 8 s directly, ended after 4.50 s guarded", StreamsReport.Sentence(Direct, Guarded));

    [Fact]
    public void Who_did_not_read_is_named() => Assert.Equal(
        [
            "unread        pid 7 (less) does not read its attach of web, 9 bytes wait",
            "              since T, 4s; taken over",
            "              and 9 bytes are held",
        ],
        StreamsReport.Named(Guarded));

    [Fact]
    public void Without_a_proxy_nobody_is_named() => Assert.Empty(StreamsReport.Named(Direct));
}
