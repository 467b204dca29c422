using System.Text;
using DockerGuardProxy.Http;
using DockerGuardProxy.Tests.Hosting;
using Xunit;

namespace DockerGuardProxy.Tests.Http;

public sealed class GoAwayWatchTests
{
    [Fact]
    public void It_is_seen_in_its_place_however_the_bytes_are_cut()
    {
        // A payload that looks like one is none.
        var before = Http2Frames.Settings + Http2Frames.Frame(0, 0, 1, Http2Frames.GoAway(1)) + Http2Frames.Frame(6, 1, 0, "12345678");
        var bytes = Encoding.Latin1.GetBytes(before + Http2Frames.GoAway(1));
        for (var size = 1; size <= bytes.Length; size++)
        {
            var watch = default(GoAwayWatch);
            var seenAt = -1;
            for (var start = 0; start < bytes.Length && seenAt < 0; start += size)
            {
                if (watch.Sees(bytes.AsSpan(start, Math.Min(size, bytes.Length - start)))) seenAt = start;
            }

            Assert.InRange(seenAt, before.Length + 4 - size, before.Length + 3);
        }
    }

    [Fact]
    public void Other_frames_are_none()
    {
        var watch = default(GoAwayWatch);
        for (var round = 0; round < 3; round++)
            Assert.False(watch.Sees(Encoding.Latin1.GetBytes(Http2Frames.Settings + Http2Frames.Frame(1, 4, 1, new string('\x07', 300)))));
    }
}
