using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using DockerGuardProxy.EngineTests.Fuzz;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;
using static DockerGuardProxy.EngineTests.Http2.Http2Frames;

namespace DockerGuardProxy.EngineTests.Http2;

/// <summary>
/// HTTP/2 that is wrong or meant badly: whoever sends it has their connection ended, or is let be; memory stays bounded, other connections notice
/// nothing, and the engine never sees a call that ends a container and has not met the guard.
/// </summary>
public sealed class BadStreamTests : IAsyncLifetime
{
    private static readonly int Rounds = Machine.LongForm ? 200_000 : 20_000;

    private GoEngine _engine = null!;
    private Proxy _proxy = null!;
    private HttpMessageInvoker _other = null!;

    public async ValueTask InitializeAsync()
    {
        _engine = await GoEngine.StartAsync("1.24", "h2c");
        _proxy = await Proxy.StartAsync(_engine.SocketPath, _engine.SocketPath + ".pid");
        _other = Http2Client.To(_proxy.Socket);
        await PingAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _other.Dispose();
        await _proxy.DisposeAsync();
        _engine.Dispose();
    }

    [Theory]
    [InlineData("garbage behind the preface")]
    [InlineData("SETTINGS without end")]
    [InlineData("PING without end")]
    [InlineData("empty DATA without end")]
    [InlineData("streams that are reset at once")]
    [InlineData("a head that never ends")]
    [InlineData("a head of many small fields")]
    [InlineData("a table of fields that grows when it is read")]
    [InlineData("bodies that nobody ends")]
    [InlineData("WINDOW_UPDATE without end")]
    [InlineData("PRIORITY without end")]
    public async Task Nobody_else_notices(string name)
    {
        var before = _proxy.Daemon.Rss();
        var sending = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Send(name))));
        var longest = TimeSpan.Zero;
        do
        {
            var clock = Stopwatch.StartNew();
            await PingAsync();
            if (clock.Elapsed > longest) longest = clock.Elapsed;
        }
        while (!sending.IsCompleted);
        await sending;
        Figures.Record($"the longest call of another client beside '{name}'", longest);
        Figures.Record($"memory that '{name}' on 4 connections has added, KB", $"{(_proxy.Daemon.Rss() - before) / 1024}");
        Assert.True(_proxy.Daemon.Rss() - before < 256 << 20, $"{before} -> {_proxy.Daemon.Rss()}");
        Assert.Equal(0, _engine.Ended());
        Assert.DoesNotContain("fault of the proxy's own", _proxy.Daemon.Tail(), StringComparison.Ordinal);
    }

    private void Send(string name)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { SendTimeout = 5000 };
        socket.Connect(new UnixDomainSocketEndPoint(_proxy.Socket));
        try
        {
            socket.Send(Bytes(Preface + Settings));
            foreach (var piece in Pieces(name)) socket.Send(Bytes(piece));
        }
        catch (SocketException)
        {
            // It has been cut, or is read no further.
        }
    }

    private static IEnumerable<string> Pieces(string name)
    {
        // GET /_ping, as net/http has it in its tables.
        const string head = "\x82\x86\x41\x01x\x04\x06/_ping";
        switch (name)
        {
            case "garbage behind the preface":
                yield return "POST /containers/x/kill HTTP/1.1\r\nHost: x\r\n\r\n" + new string('\xFF', 100_000);
                break;
            case "SETTINGS without end":
                for (var round = 0; round < Rounds; round++) yield return Settings;
                break;
            case "PING without end":
                for (var round = 0; round < Rounds; round++) yield return Frame(6, 0, 0, "12345678");
                break;
            case "empty DATA without end":
                yield return Frame(1, 4, 1, "\x83\x86\x41\x01x\x04\x06/_ping");
                for (var round = 0; round < Rounds; round++) yield return Frame(0, 0, 1, "");
                break;
            case "streams that are reset at once":
                for (var stream = 1; stream < 2 * Rounds; stream += 2) yield return Frame(1, 5, stream, head) + Frame(3, 0, stream, "\0\0\0\x08");
                break;
            case "WINDOW_UPDATE without end":
                for (var round = 0; round < Rounds; round++) yield return Frame(8, 0, 0, "\0\0\0\x01");
                break;
            case "PRIORITY without end":
                for (var round = 0; round < Rounds; round++) yield return Frame(2, 0, 3, "\0\0\0\0\x10");
                break;
            case "a head that never ends":
                yield return Frame(1, 1, 1, head);
                for (var round = 0; round < Rounds / 10; round++)
                    yield return Frame(9, 0, 1, $"\0\u0003abc\u007f\u0081\u0007{new string('x', 1024)}");
                break;
            case "a head of many small fields":
                yield return Frame(1, 1, 1, head);
                for (var round = 0; round < Rounds / 10; round++)
                    yield return Frame(9, 0, 1, string.Concat(Enumerable.Range(0, 1000).Select(number => $"\0\x04{number % 10_000:0000}\0")));
                break;
            case "a table of fields that grows when it is read":
                // A field of 4,000 bytes is put into the table once and named over and over.
                yield return Frame(1, 1, 1, head + $"\u0040\u0001a\u007f\u00A1\u001E{new string('x', 4000)}");
                for (var round = 0; round < 100; round++) yield return Frame(9, 0, 1, new string('\xBE', 10_000));
                break;
            default:
                for (var stream = 1; stream < 500; stream += 2)
                    yield return Frame(1, 4, stream, "\x83\x86\x41\x01x\x04\x06/_ping") + Frame(0, 0, stream, new string('x', 16_000));
                break;
        }
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private async Task PingAsync()
    {
        using var ping = await _other.SendAsync(Http2Client.Request("GET", "/_ping"), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True((int)ping.StatusCode < 500);
    }
}
