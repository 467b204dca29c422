using DockerGuardProxy.Http;
using Xunit;

namespace DockerGuardProxy.Tests.Http;

public sealed class Http2ResetTests
{
    [Fact]
    public void The_engines_code_is_found_wherever_it_stands()
    {
        var reset = new HttpProtocolException(11, "reset", null);
        Assert.Equal(11, Http2Reset.CodeOf(reset));
        Assert.Equal(11, Http2Reset.CodeOf(new HttpRequestException("x", reset)));
        Assert.Equal(11, Http2Reset.CodeOf(new AggregateException(new IOException("a"), new IOException("b", reset))));
        Assert.Null(Http2Reset.CodeOf(new HttpProtocolException(0, "GOAWAY at a stop", null)));
        Assert.Null(Http2Reset.CodeOf(new IOException("x")));
        Assert.Null(Http2Reset.CodeOf(null));
    }
}
