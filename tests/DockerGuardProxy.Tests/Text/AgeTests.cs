using DockerGuardProxy.Text;
using Xunit;

namespace DockerGuardProxy.Tests.Text;

public sealed class AgeTests
{
    [Theory]
    [InlineData(-5, "0s")]
    [InlineData(0.9, "0s")]
    [InlineData(59.9, "59s")]
    [InlineData(60, "1m")]
    [InlineData(312.5, "5m12s")]
    [InlineData(3600, "1h")]
    [InlineData(7259, "2h")]
    [InlineData(7260, "2h1m")]
    [InlineData(273_600, "3d4h")]
    public void Text(double seconds, string text) => Assert.Equal(text, Age.Text(TimeSpan.FromSeconds(seconds)));
}
