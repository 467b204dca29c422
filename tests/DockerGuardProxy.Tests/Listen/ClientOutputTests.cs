using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using DockerGuardProxy.Listen;
using Xunit;

namespace DockerGuardProxy.Tests.Listen;

public sealed class ClientOutputTests
{
    private readonly Pipe _pipe = new();
    private readonly ClientOutput _output;

    public ClientOutputTests() => _output = new ClientOutput(_pipe.Writer, TimeProvider.System);

    [Fact]
    public async Task An_answer_is_passed_on_as_written()
    {
        _output.BeginAnswer(isHttp10: false);
        const string answer = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        Assert.Equal(answer, await WriteAsync(answer));
    }

    [Fact]
    public async Task HTTP_1_0_is_answered_in_kind()
    {
        _output.BeginAnswer(isHttp10: true);
        Assert.Equal(
            "HTTP/1.0 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
            await WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"));
    }

    [Fact]
    public async Task Only_the_status_line_is_corrected()
    {
        _output.BeginAnswer(isHttp10: true);
        Assert.Equal("HTTP/1.0 200 OK\r\n\r\n", await WriteAsync("HTTP/1.1 200 OK\r\n\r\n"));
        Assert.Equal("HTTP/1.1 in a body", await WriteAsync("HTTP/1.1 in a body"));
    }

    [Theory]
    [InlineData("400 Bad Request", "400 Bad Request", "400 Bad Request")]
    [InlineData("408 Request Timeout", "400 Bad Request", "400 Bad Request")]
    [InlineData("431 Request Header Fields Too Large", "431 Request Header Fields Too Large", "431 Request Header Fields Too Large")]
    [InlineData(
        "505 HTTP Version Not Supported",
        "505 HTTP Version Not Supported: unsupported protocol version",
        "505 HTTP Version Not Supported: unsupported protocol version")]
    public async Task Kestrels_own_refusals_read_as_the_engines(string status, string line, string body) => Assert.Equal(
        $"HTTP/1.1 {line}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n{body}",
        await WriteAsync($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\nDate: Mon, 02 Mar 2026 08:00:00 GMT\r\n\r\n"));

    [Fact]
    public async Task A_refusal_behind_an_answer_is_Kestrels_own_again()
    {
        _output.BeginAnswer(isHttp10: false);
        await WriteAsync("HTTP/1.1 200 OK\r\n\r\n");
        _output.EndAnswer();
        Assert.StartsWith(
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain", await WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_begins_no_answer_is_passed_on() => Assert.Equal("HTTP/1.1", await WriteAsync("HTTP/1.1"));

    [Fact]
    public async Task A_whole_write_is_corrected_too()
    {
        _output.BeginAnswer(isHttp10: true);
        await _output.WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal("HTTP/1.0 204 No Content\r\n\r\n", await ReadAsync());
    }

    [Fact]
    public async Task Once_taken_it_is_a_sink_and_the_pipe_stays_open()
    {
        _output.BeginAnswer(isHttp10: false);
        _output.IsTaken = true;
        Assert.True(_output.GetMemory(10_000).Length >= 10_000);
        _output.GetSpan(5).Fill(1);
        _output.Advance(5);
        await _output.WriteAsync(new byte[7], TestContext.Current.CancellationToken);
        Assert.False((await _output.FlushAsync(TestContext.Current.CancellationToken)).IsCompleted);
        Assert.Equal(0, _output.UnflushedBytes);
        await _output.CompleteAsync();

        await _pipe.Writer.WriteAsync("stream"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal("stream", await ReadAsync());
    }

    private async Task<string> WriteAsync(string text)
    {
        // As Kestrel does: one piece of memory, then a flush.
        var bytes = Encoding.Latin1.GetBytes(text);
        bytes.CopyTo(_output.GetSpan(bytes.Length));
        _output.Advance(bytes.Length);
        await _output.FlushAsync(TestContext.Current.CancellationToken);
        return await ReadAsync();
    }

    private async Task<string> ReadAsync()
    {
        var read = await _pipe.Reader.ReadAsync(TestContext.Current.CancellationToken);
        var text = Encoding.Latin1.GetString(read.Buffer.ToArray());
        _pipe.Reader.AdvanceTo(read.Buffer.End);
        return text;
    }
}
