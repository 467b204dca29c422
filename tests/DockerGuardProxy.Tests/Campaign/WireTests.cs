using System.Text;
using DockerGuardProxy.Campaign.Wire;
using Xunit;

namespace DockerGuardProxy.Tests.Campaign;

public sealed class WireTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(24)]
    [InlineData(25)]
    [InlineData(26)]
    [InlineData(1000)]
    public void Each_number_is_found_once_wherever_the_reads_were_cut(int read)
    {
        ulong[] tokens = [1, ulong.MaxValue, 0x0123456789abcdef];
        var requests = string.Concat(tokens.Select((token, at) =>
            $"POST {TokenScan.Mark(at == 0 ? "/containers/x/stop" : "/containers/x/stop?t=1", token)} HTTP/1.1\r\nHost: campaign=\r\n\r\n"));
        var bytes = Encoding.ASCII.GetBytes(requests);
        var scan = new TokenScan();
        List<ulong> found = [];
        for (var at = 0; at < bytes.Length; at += read)
            scan.Feed(bytes.AsSpan(at, Math.Min(read, bytes.Length - at)), found.Add);
        Assert.Equal(tokens, found);
    }

    [Fact]
    public void The_mark_is_a_query_beside_others()
    {
        Assert.Equal("/x?campaign=000000000000000a", TokenScan.Mark("/x", 10));
        Assert.Equal("/x?t=1&campaign=000000000000000a", TokenScan.Mark("/x?t=1", 10));
    }

    [Fact]
    public void What_was_sent_again_is_told_with_how_often()
    {
        var seen = new Sightings();
        seen.Sent(1, TimeSpan.Zero);
        seen.Sent(2, TimeSpan.Zero);
        seen.Answered(2, TimeSpan.FromSeconds(1), 204);
        seen.Sent(2, TimeSpan.FromSeconds(2));
        Assert.Equal((2UL, 2), Assert.Single(seen.SentAgain()));
        Assert.Equal(new Sighting(2, TimeSpan.Zero, TimeSpan.FromSeconds(1), 204), seen.Find(2));
        seen.Forget(2);
        Assert.Empty(seen.SentAgain());
    }

    [Fact]
    public void Frames_are_taken_apart_and_foreign_bytes_are_no_frame()
    {
        byte[] framed = [1, 0, 0, 0, 0, 0, 0, 2, .. "ab"u8, 2, 0, 0, 0, 0, 0, 0, 1, .. "x"u8, 1, 0, 0, 0, 0, 0, 0, 9, .. "cd"u8];
        Assert.Equal("abcd"u8.ToArray(), Multiplexed.Output(framed));
        Assert.Throws<InvalidDataException>(() => Multiplexed.Output("HTTP/1.1 200"u8));
    }

    [Theory]
    [InlineData("1a 2b 5c 9d", null)]
    [InlineData("2b 1a 5c 9d", null)]
    [InlineData("", null)]
    [InlineData("1a 9d", "missed: 5c")]
    [InlineData("1a 2b 5c 5x 9d", "not sent: 5x")]
    [InlineData("1a 2b 5c 5c 9d", "not sent: 5c")]
    [InlineData("2b 5c 9d 9x", null)]
    public void Events_are_those_of_the_other_follower_in_any_order_but_near_the_ends(string part, string? difference) =>
        Assert.Equal(difference, EventLines.FirstDifference(Lines("1a 2b 5c 9d"), Lines(part)));

    [Fact]
    public void An_event_is_a_whole_line_with_its_time()
    {
        Assert.Equal(7, EventLine.Read("""{"Action":"die","timeNano":7}""")!.At);
        Assert.Null(EventLine.Read("""{"Action":"die","timeN"""));
        Assert.Null(EventLine.Read("1f4"));
    }

    private static EventLine[] Lines(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(line => new EventLine((line[0] - '0') * 1_000_000_000L, line))];
}
