using DockerGuardProxy.Text;
using Xunit;

namespace DockerGuardProxy.Tests.Text;

public sealed class LogTextTests
{
    [Theory]
    [InlineData("plain ~text", "plain ~text")]
    [InlineData("a\nb", @"a\u000ab")]
    [InlineData("\u001b[31m", @"\u001b[31m")]
    [InlineData(@"\u000a", @"\\u000a")]
    [InlineData("é\u007f\u202e", @"\u00e9\u007f\u202e")]
    public void Escapes(string text, string expected) => Assert.Equal(expected, LogText.Escape(text));

    [Fact]
    public void Cuts_long_text() => Assert.Equal(new string('x', 120) + "...", LogText.Escape(new string('x', 5000)));
}
