using System.Text;
using DockerGuardProxy.Http;
using DockerGuardProxy.Tests.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DockerGuardProxy.Tests.Http;

/// <summary>Bodies of answers in the HTTP lane, through the running proxy.</summary>
public sealed class AnswerBodyTests : ProxiedTests
{
    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nDate: d\r\n\r\n";

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nDate: d\r\n\r\n")]
    [InlineData(Chunked)]
    public async Task The_head_does_not_wait_for_the_body(string head)
    {
        var connection = await AskAsync();
        await connection.SendAsync(head);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await Client.HeadAsync(), StringComparison.Ordinal);
        Assert.True(Client.IsSilent);
    }

    [Fact]
    public async Task No_piece_waits_for_the_next()
    {
        var connection = await AskAsync();
        await connection.SendAsync(Chunked);
        await Client.HeadAsync();
        foreach (var piece in new[] { "1\r\na\r\n", "2\r\nbc\r\n", "0\r\n\r\n" })
        {
            await connection.SendAsync(piece);
            Assert.Equal(piece, await Client.TextAsync(piece.Length));
        }
    }

    [Fact]
    public async Task What_has_come_together_is_sent_together()
    {
        var connection = await AskAsync();
        await connection.SendAsync(Chunked + "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n");

        // One system call of this side sees no more than one of the other's.
        Assert.EndsWith("\r\n\r\n3\r\nabc\r\n0\r\n\r\n", await Client.PieceAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(65_536)]
    [InlineData(3_000_000)]
    public async Task A_body_of_any_size_arrives_whole(int size)
    {
        var body = string.Create(size, 0, static (text, _) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = (char)('a' + (i * 7 / 3 % 26));
        });
        var connection = await AskAsync();

        // In Go's pieces of 32 KB, and in odd ones.
        foreach (var piece in new[] { 32_768, 5_000 })
        {
            var answer = new StringBuilder(Chunked);
            for (var at = 0; at < size; at += piece)
            {
                answer.Append(FormattableString.Invariant($"{Math.Min(piece, size - at):x}\r\n")).Append(body, at, Math.Min(piece, size - at))
                    .Append("\r\n");
            }
            var sending = connection.SendAsync(answer.Append("0\r\n\r\n").ToString());
            await Client.HeadAsync();
            Assert.Equal(body, await Client.ChunksAsync());
            await sending;
            connection = await AskAsync();
        }

        var whole = connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n{body}");
        Assert.Equal(body, (await Client.AnswerAsync()).Body);
        await whole;
    }

    [Theory]
    [InlineData("part")]
    [InlineData("")]
    public async Task So_does_an_answer_that_the_proxy_itself_looks_into(string part)
    {
        await Client.SendAsync("POST /containers/create HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}");
        var connection = await Engine.AcceptAsync();
        await connection.AnswerAsync();
        await connection.SendAsync("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n" + part);
        connection.Dispose();
        Assert.StartsWith("HTTP/1.1 201 Created\r\n", await Client.HeadAsync(), StringComparison.Ordinal);
        Assert.Equal(part, await Client.RestAsync());
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nDate: d\r\n\r\n", "part", "part")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nDate: d\r\n\r\n", "", "")]
    [InlineData(Chunked, "4\r\npart\r\n", "4\r\npart\r\n")]
    [InlineData(Chunked, "8\r\npart", "4\r\npart\r\n")]
    [InlineData(Chunked, "", "")]
    public async Task What_the_engine_breaks_off_breaks_off_for_the_client(string head, string sent, string seen)
    {
        var connection = await AskAsync();
        await connection.SendAsync(head + sent);
        connection.Dispose();
        await Client.HeadAsync();
        Assert.Equal(seen, await Client.RestAsync());
        AssertNoFault();
    }

    [Fact]
    public async Task What_came_before_a_reset_is_not_lost()
    {
        // A Unix socket that is closed with bytes unread resets its peer.
        await Client.SendAsync("POST /images/load HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nbody");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await connection.SendAsync(Chunked + "4\r\npart\r\n");
        await Client.HeadAsync();
        Assert.Equal("4\r\npart\r\n", await Client.TextAsync(9));
        await Client.SendAsync("unread");
        await connection.SendAsync("4\r\nmore\r\n");
        connection.Dispose();
        Assert.Equal("4\r\nmore\r\n", await Client.RestAsync());
        AssertNoFault();
    }

    [Theory]
    [InlineData("0\r\nno trailer\r\n\r\n", 0)]
    [InlineData("1;", 20_000)]
    public async Task What_is_no_chunk_breaks_off_and_is_no_fault_of_the_proxys(string bytes, int extension)
    {
        var connection = await AskAsync();
        await connection.SendAsync(Chunked + "4\r\npart\r\n");
        await Client.HeadAsync();
        Assert.Equal("4\r\npart\r\n", await Client.TextAsync(9));
        await connection.SendAsync(bytes + new string('x', extension));
        Assert.Equal("", await Client.RestAsync());
        AssertNoFault();
    }

    [Fact]
    public async Task A_slow_client_gets_all_that_the_engine_sent_before_it_broke_off()
    {
        // More than the client's socket takes and less than all on the way: the end comes while the proxy still has bytes to send.
        const int size = 300_000;
        var connection = await AskAsync();
        await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {size + 1}\r\n\r\n{new string('x', size)}");
        connection.Dispose();
        await Client.HeadAsync();
        Assert.Equal(size, (await Client.RestAsync()).Length);
        AssertNoFault();
    }

    [Fact]
    public async Task A_client_that_leaves_takes_the_engines_connection_along()
    {
        var connection = await AskAsync();
        await connection.SendAsync(Chunked + "1\r\na\r\n");
        await Client.HeadAsync();
        Client.Dispose();
        Assert.Equal("", await connection.RestAsync());
        AssertNoFault();
    }

    [Fact]
    public void What_was_read_ahead_goes_nowhere_once_Kestrel_gives_room_only_for_what_was_asked_for()
    {
        var gone = new GoneWriter();
        AnswerBody.Put(gone, "answer"u8);
        Assert.Equal(6, gone.Advanced);
    }

    private async Task<RawPeer> AskAsync()
    {
        await Client.SendAsync("POST /x HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        return connection;
    }

    private void AssertNoFault() => Assert.DoesNotContain(Rig.Log.Entries, static entry => entry.Level >= LogLevel.Warning);
}
