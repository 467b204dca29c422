using DockerGuardProxy.Text;
using Xunit;

namespace DockerGuardProxy.Tests.Text;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0L, "0")]
    [InlineData("17", 17L, "17")]
    [InlineData("17B", 17L, "17")]
    [InlineData("1536", 1536L, "1536")]
    [InlineData("512KiB", 524288L, "512KiB")]
    [InlineData("1024KiB", 1048576L, "1MiB")]
    [InlineData("8MiB", 8388608L, "8MiB")]
    [InlineData("8589934591GiB", 9223372035781033984L, "8589934591GiB")]
    public void Reads_and_writes(string text, long bytes, string written)
    {
        Assert.True(ByteSize.TryParse(text, out var read));
        Assert.Equal(bytes, read);
        Assert.Equal(written, ByteSize.Format(bytes));
    }

    [Theory]
    [InlineData("")]
    [InlineData("MiB")]
    [InlineData("8 MiB")]
    [InlineData("-1")]
    [InlineData("1.5MiB")]
    [InlineData("8mib")]
    [InlineData("8MB")]
    [InlineData("8589934592GiB")]
    [InlineData("99999999999999999999")]
    public void Anything_else_is_none(string text) => Assert.False(ByteSize.TryParse(text, out _));
}
