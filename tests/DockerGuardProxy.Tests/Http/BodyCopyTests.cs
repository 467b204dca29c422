using System.Buffers;
using DockerGuardProxy.Http;
using Xunit;

namespace DockerGuardProxy.Tests.Http;

public sealed class BodyCopyTests
{
    private readonly BodyCopy _copy = new(limit: 5);

    [Fact]
    public void It_keeps_what_fits()
    {
        Append("ab");
        Append("");
        Append("cde");
        Assert.Equal("abcde"u8, _copy.Bytes);
    }

    [Fact]
    public void Of_a_longer_body_nothing_is_kept()
    {
        Append("abcde");
        Append("f");
        Assert.True(_copy.Bytes.IsEmpty);
        Append("g");
        Assert.True(_copy.Bytes.IsEmpty);
    }

    private void Append(string text) => _copy.Append(new ReadOnlySequence<byte>(System.Text.Encoding.ASCII.GetBytes(text)));
}
