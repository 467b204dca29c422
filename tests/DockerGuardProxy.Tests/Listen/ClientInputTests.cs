using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using DockerGuardProxy.Listen;
using Xunit;

namespace DockerGuardProxy.Tests.Listen;

public sealed class ClientInputTests
{
    private readonly Pipe _pipe = new();
    private readonly ClientInput _input;

    public ClientInputTests() => _input = new ClientInput(_pipe.Reader, () => { }, static _ => { });

    [Fact]
    public async Task A_head_is_repaired_before_it_is_seen()
    {
        await SendAsync("GET / HTTP/1.1\r\nHost: a_b\r\n\r\n");
        Assert.Equal("GET / HTTP/1.1\r\nHost: xxx\r\n\r\n", Text(await ReadAsync()));
        Assert.Equal("a_b", _input.Repair.Host);
    }

    [Fact]
    public async Task A_head_that_comes_later_is_repaired_as_well()
    {
        var read = _input.ReadAsync(TestContext.Current.CancellationToken);
        Assert.False(read.IsCompleted);
        await SendAsync("GET /\u00ff HTTP/1.1\r\n");
        Assert.Equal("GET /x HTTP/1.1\r\n", Text(await read));
    }

    [Fact]
    public async Task A_body_is_not_repaired()
    {
        _input.BeginAnswer();
        await SendAsync("GET /\u00ff HTTP/1.1\r\nHost: a_b\r\n\r\n");
        Assert.Equal("GET /\u00ff HTTP/1.1\r\nHost: a_b\r\n\r\n", Text(await ReadAsync()));
    }

    [Fact]
    public async Task The_end_of_the_input_between_requests_is_shown_as_such()
    {
        await _pipe.Writer.CompleteAsync();
        Assert.True((await ReadAsync()).IsCompleted);
    }

    [Fact]
    public async Task The_end_of_the_input_inside_a_body_is_an_error_and_no_completion()
    {
        _input.BeginAnswer();
        await SendAsync("last");
        await _pipe.Writer.CompleteAsync();
        var read = await ReadAsync();
        Assert.Equal(("last", false), (Text(read), read.IsCompleted));
        _input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        await Assert.ThrowsAsync<IOException>(async () => await ReadAsync());
    }

    [Fact]
    public async Task A_body_that_is_taken_to_its_last_byte_has_no_error()
    {
        _input.BeginAnswer();
        await SendAsync("last");
        await _pipe.Writer.CompleteAsync();
        var read = await ReadAsync();
        _input.AdvanceTo(read.Buffer.End);
        _input.EndAnswer();
        Assert.True((await ReadAsync()).IsCompleted);
    }

    [Fact]
    public async Task It_tells_whether_bytes_wait_and_leaves_them()
    {
        Assert.False(_input.HasUnread);
        await SendAsync("next");
        Assert.True(_input.HasUnread);
        Assert.Equal("next", Text(await ReadAsync()));
    }

    [Fact]
    public async Task Once_taken_it_is_completed_and_the_bytes_belong_to_the_taker()
    {
        await SendAsync("early");
        _input.IsTaken = true;
        var read = await ReadAsync();
        Assert.True(read.IsCompleted);
        Assert.True(read.Buffer.IsEmpty);
        Assert.True(_input.TryRead(out read) && read.IsCompleted);
        Assert.False(_input.HasUnread);
        _input.AdvanceTo(read.Buffer.End);
        _input.CancelPendingRead();
        await _input.CompleteAsync();

        Assert.True(_pipe.Reader.TryRead(out var raw));
        Assert.Equal(("early", false), (Text(raw), raw.IsCanceled));
    }

    private static string Text(ReadResult result) => Encoding.Latin1.GetString(result.Buffer.ToArray());

    private ValueTask<ReadResult> ReadAsync() => _input.ReadAsync(TestContext.Current.CancellationToken);

    private async Task SendAsync(string text) => await _pipe.Writer.WriteAsync(Encoding.Latin1.GetBytes(text), TestContext.Current.CancellationToken);
}
