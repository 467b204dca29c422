using System.Text;
using DockerGuardProxy.Http;
using DockerGuardProxy.Tests.Hosting;
using Xunit;

namespace DockerGuardProxy.Tests.Http;

public sealed class Http2GreetingTests
{
    [Theory]
    [InlineData(Http2Frames.Settings, "Spoken")]
    [InlineData("\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\xFA", "Spoken")]
    [InlineData("\0\0\x06\x04\0\0\0\0\0", "Spoken")]
    [InlineData("\0\0\x06\x04\0\0\0\0", "Unknown")]
    [InlineData("", "Unknown")]
    [InlineData("HTT", "Unknown")]
    [InlineData("HTTP", "None")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", "None")]
    [InlineData(Http2Frames.SettingsAck, "None")]
    [InlineData("\0\0\x08\x07\0\0\0\0\0", "None")]
    [InlineData("\0\0\x05\x04\0\0\0\0\0", "None")]
    [InlineData("\0\0\0\x04\0\0\0\0\x01", "None")]
    public void What_an_engine_begins_with_tells(string answer, string support) =>
        Assert.Equal(Enum.Parse<Http2Support>(support), Http2Greeting.Look(Encoding.Latin1.GetBytes(answer)));

    [Fact]
    public void The_greeting_is_that_of_the_RFC()
    {
        Assert.Equal(Http2Frames.Preface, Encoding.Latin1.GetString(Http2Greeting.Preface));
        Assert.Equal(Http2Frames.Settings, Encoding.Latin1.GetString(Http2Greeting.EmptySettings));
    }
}
