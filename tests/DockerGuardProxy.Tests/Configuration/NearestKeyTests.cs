using CsCheck;
using DockerGuardProxy.Configuration;
using Xunit;

namespace DockerGuardProxy.Tests.Configuration;

public sealed class NearestKeyTests
{
    [Theory]
    [InlineData("patiense", "patience")]
    [InlineData("PATEINCE", "patience")]
    [InlineData("max_wait", "maxWait")]
    [InlineData("maxwaiting", "maxWaiting")]
    [InlineData("mod", "mode")]
    [InlineData("zzzz", null)]
    [InlineData("", null)]
    public void Finds(string written, string? expected) =>
        Assert.Equal(expected, NearestKey.Find(written, ["mode", "patience", "maxWait", "maxWaiting", "backoff"]));

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "ABC", 0)]
    [InlineData("abc", "acb", 1)]
    [InlineData("abc", "ab", 1)]
    [InlineData("kitten", "sitting", 3)]
    public void Measures(string a, string b, int distance) => Assert.Equal(distance, NearestKey.Distance(a, b));

    [Fact]
    public void Distance_is_symmetric() => Gen.Select(Gen.String["abc"], Gen.String["abc"])
        .Sample((a, b) => NearestKey.Distance(a, b) == NearestKey.Distance(b, a));
}
