using System.IO.Pipelines;
using System.Text;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Route;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace DockerGuardProxy.Tests.Route;

public sealed class ReadBodyTests
{
    private readonly KeptBodies _all = new();
    private readonly Pipe _sent = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly DefaultHttpContext _http = new();

    public ReadBodyTests() => _http.Features.Set<IRequestBodyPipeFeature>(new PipeFeature(_sent.Reader));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", 10, "", "Whole")]
    [InlineData("0123456789", 10, "0123456789", "Whole")]
    [InlineData("0123456789a", 10, "0123456789a", "TooLong")]
    [InlineData("0123456789abc", 10, "0123456789a", "TooLong")]
    public async Task It_is_read_as_far_as_it_may_be(string sent, int limit, string read, string end)
    {
        await SendAsync(Encoding.ASCII.GetBytes(sent));
        await _sent.Writer.CompleteAsync();
        var body = new ReadBody(_all);
        await body.ReadAsync(_http, limit);
        Assert.Equal((read, end), (Encoding.ASCII.GetString(body.Bytes.Span), body.End.ToString()));
        Assert.InRange(_all.Bytes, read.Length, limit + 1);
    }

    [Fact]
    public async Task Room_is_taken_before_bytes_are_and_what_finds_none_is_left_for_whoever_reads_on()
    {
        const int others = (int)KeptBodies.MaxBytes - 1000;
        Assert.True(_all.TryTake(others));
        var body = new ReadBody(_all);
        var reading = body.ReadAsync(_http, 1 << 20);
        await SendAsync(new byte[600]);
        await Eventually.Async(() => body.Bytes.Length == 600);
        await SendAsync(new byte[500]);
        await reading;
        Assert.Equal((BodyEnd.WithoutRoom, 600), (body.End, body.Bytes.Length));
        Assert.Equal(others + 600, _all.Bytes);
        Assert.Equal(500, (await _sent.Reader.ReadAsync(Token)).Buffer.Length);
        body.Room.Return();
        body.Room.Return();
        Assert.Equal(others, _all.Bytes);
    }

    [Fact]
    public async Task One_that_breaks_off_keeps_what_has_come()
    {
        var body = new ReadBody(_all);
        var reading = body.ReadAsync(_http, 10);
        await SendAsync(new byte[3]);
        await Eventually.Async(() => body.Bytes.Length == 3);
        await _sent.Writer.CompleteAsync(new IOException("bad chunk"));
        await reading;
        Assert.Equal((BodyEnd.BrokenOff, 3), (body.End, body.Bytes.Length));
    }

    [Fact]
    public async Task What_is_dropped_takes_no_room()
    {
        await SendAsync(new byte[100_000]);
        var body = new ReadBody(_all);
        await body.ReadAsync(_http, 10);
        var draining = body.DrainAsync(_http);
        Assert.Equal((0, 0), (_all.Bytes, body.Bytes.Length));
        await SendAsync(new byte[100_000]);
        await _sent.Writer.CompleteAsync();
        await draining;
    }

    private async Task SendAsync(byte[] bytes) => await _sent.Writer.WriteAsync(bytes, Token);
}
