using System.Text;
using DockerGuardProxy.Http;
using Xunit;

namespace DockerGuardProxy.Tests.Http;

public sealed class Http2BodyTests
{
    [Theory]
    [InlineData("", "rest")]
    [InlineData("taken", "")]
    [InlineData("taken", "rest")]
    public async Task What_was_taken_comes_first_and_all_of_it_is_copied(string taken, string rest)
    {
        var copy = new BodyCopy(100);
        await using var body = new Http2Body(new MemoryStream(Encoding.ASCII.GetBytes(rest)), new SentBody(Encoding.ASCII.GetBytes(taken), copy));
        var read = new StringBuilder();
        var buffer = new byte[3];
        for (int count; (count = await body.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0;)
            read.Append(Encoding.ASCII.GetString(buffer, 0, count));
        Assert.Equal(taken + rest, read.ToString());
        Assert.Equal(taken + rest, Encoding.ASCII.GetString(copy.Bytes));
    }
}
