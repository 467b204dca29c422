using DockerGuardProxy.Http;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace DockerGuardProxy.Tests.Http;

public sealed class Http2HeadTests
{
    [Theory]
    [InlineData("/containers/a%2Fb/stop?t=%35&x=a+b#c|{}\"<>\\^`", null)]
    [InlineData("/a b", "/a%20b")]
    [InlineData("/containers/x/stop ", "/containers/x/stop%20")]
    [InlineData("/\u00FF\u0080?\u00E4", "/%FF%80?%E4")]
    public void What_is_no_visible_ASCII_is_encoded(string target, string? encoded) => Assert.Equal(encoded, Http2Head.Encode(target));

    [Theory]
    [InlineData("/a\r\nb")]
    [InlineData("/\0")]
    [InlineData("/\t")]
    [InlineData("/\u007F")]
    public void A_target_with_control_characters_is_not_sound(string target) =>
        Assert.False(Http2Head.IsSound(target, new HeaderDictionary(), out _));

    [Fact]
    public void Its_length_is_that_of_target_names_and_values()
    {
        Assert.True(Http2Head.IsSound("/ab", new HeaderDictionary { ["a"] = new(["12", "3"]), ["bc"] = "" }, out var length));
        Assert.Equal(3 + 3 + 2 + 2, length);
    }

    [Theory]
    [InlineData("a", "b \t\u00FF", true)]
    [InlineData("A-B_c1", "", true)]
    [InlineData("a\nb", "c", false)]
    [InlineData("a b", "c", false)]
    [InlineData("a:", "c", false)]
    [InlineData("", "c", false)]
    [InlineData("a", "b\rc", false)]
    [InlineData("a", "b\nc", false)]
    [InlineData("a", "b\0c", false)]
    public void A_field_that_could_begin_another_is_not_sound(string name, string value, bool isSound) =>
        Assert.Equal(isSound, Http2Head.IsSound("/", new HeaderDictionary { [name] = value }, out _));
}
