using CsCheck;
using DockerGuardProxy.Text;
using Xunit;

namespace DockerGuardProxy.Tests.Text;

public sealed class DurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("5s", 5_000)]
    [InlineData("05s", 5_000)]
    [InlineData("2m", 120_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("90s", 90_000)]
    [InlineData("500ms", 500)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1h1m1s1ms", 3_661_001)]
    [InlineData("1.5s", 1_500)]
    [InlineData(".5s", 500)]
    [InlineData("1.s", 1_000)]
    [InlineData("1s1h", 3_601_000)]
    [InlineData("0.001s", 1)]
    [InlineData("277777h", 999_997_200_000)]
    public void Reads(string text, long milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData(".s")]
    [InlineData("1..5s")]
    [InlineData("-5s")]
    [InlineData("+5s")]
    [InlineData("5 s")]
    [InlineData(" 5s")]
    [InlineData("5s ")]
    [InlineData("5S")]
    [InlineData("5sec")]
    [InlineData("5d")]
    [InlineData("5us")]
    [InlineData("1,5s")]
    [InlineData("1e3s")]
    [InlineData("0.5ms")]
    [InlineData("5s3")]
    [InlineData("00:00:05")]
    [InlineData("٥s")]
    [InlineData("277778h")]
    [InlineData("99999999999999999999s")]
    [InlineData("999999999999999999999999999999999999999999s")]
    public void Rejects(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(1, "1ms")]
    [InlineData(1_000, "1s")]
    [InlineData(90_000, "1m30s")]
    [InlineData(120_000, "2m")]
    [InlineData(86_400_000, "24h")]
    [InlineData(3_600_001, "1h1ms")]
    public void Formats(long milliseconds, string text) => Assert.Equal(text, Duration.Format(TimeSpan.FromMilliseconds(milliseconds)));

    [Fact]
    public void Reads_back_what_it_formats() => Gen.Long[0, 1_000_000_000_000].Sample(milliseconds =>
        Duration.TryParse(Duration.Format(TimeSpan.FromMilliseconds(milliseconds)), out var back) && (long)back.TotalMilliseconds == milliseconds);

    [Fact]
    public void Any_text_is_a_duration_that_is_not_negative_or_none() => Gen.String[Gen.Char["0123456789.hms -+e"], 0, 40].Sample(text =>
        !Duration.TryParse(text, out var duration) || duration >= TimeSpan.Zero);
}
