using System.Net;
using System.Net.Sockets;
using System.Text;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Xunit;
using static DockerGuardProxy.Tests.Hosting.Http2Frames;

namespace DockerGuardProxy.Tests.Route;

/// <summary>What one client in HTTP/2 can make the proxy hold, and that others notice nothing of it.</summary>
public sealed class Http2BoundsTests : Http2Tests
{
    // GET /_ping, and POST, as net/http has them in its tables.
    private const string Head = "\x82\x86\x41\x01x\x04\x06/_ping", PostHeadBlock = "\x83\x86\x41\x01x\x04\x06/_ping";

    /// <summary>A form of 10 MiB may say what a call asks: six have room, the seventh is passed on as it comes, as it would be in HTTP/1.1.</summary>
    [Fact]
    public async Task Forms_that_are_still_being_read_have_room_together_and_beyond_it_go_on_as_they_come()
    {
        const int length = 10 << 20;
        var form = Encoding.ASCII.GetBytes("signal=HUP&x=".PadRight(length, 'x'));
        var calls = new List<Task<string>>();
        Answer = async http =>
        {
            long read = 0;
            var buffer = new byte[64 * 1024];
            for (int count; (count = await http.Request.Body.ReadAsync(buffer, Token)) > 0;) read += count;
            await http.Response.WriteAsync($"{read}", Token);
        };
        for (var kept = 1; kept <= 6; kept++)
        {
            calls.Add(CallAsync(new SlowForm(form, Release.Task)));
            await Eventually.Async(() => Rig.Guarded.Bodies.Bytes >= kept * (long)length);
        }

        Assert.Empty(Seen);
        for (var passed = 1; passed <= 2; passed++)
        {
            calls.Add(CallAsync(new SlowForm(form, Release.Task)));
            await Eventually.Async(() => Seen.Count == passed);
        }

        Assert.InRange(Rig.Guarded.Bodies.Bytes, 6L * length, KeptBodies.MaxBytes);
        Release.SetResult();
        foreach (var call in calls) Assert.Equal($"{length}", await call);
        Assert.Equal(8, Seen.Count);
        Assert.Equal(0, Rig.Guarded.Bodies.Bytes);

        // Two went on that nobody had read: counted, and told once a minute.
        Assert.Equal(2, Rig.Faults);
        Assert.Contains("\"classifier\"", Assert.Single(Rig.Log.Texts(1230)));
    }

    [Fact]
    public async Task A_client_that_ends_its_side_and_reads_nothing_is_let_go()
    {
        Answer = http => http.Response.Body.WriteAsync(new byte[16 << 20], http.RequestAborted).AsTask();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(Rig.SocketPath), Token);
        await client.SendAsync(Encoding.Latin1.GetBytes(Preface + EndlessWindows + Call(1, "GET", "/images/get")), Token);

        // Until its socket takes no more.
        var (come, looks) = (0, 0);
        await Eventually.Async(() =>
        {
            looks = client.Available > 0 && client.Available == come ? looks + 1 : 0;
            come = client.Available;
            return looks > 10;
        });
        client.Shutdown(SocketShutdown.Send);
        await Eventually.Async(() => Rig.Connections.Count == 0);
    }

    [Theory]
    [InlineData("PING")]
    [InlineData("SETTINGS")]
    [InlineData("WINDOW_UPDATE")]
    [InlineData("PRIORITY")]
    [InlineData("empty DATA")]
    [InlineData("streams that are reset at once")]
    [InlineData("kills that are reset at once")]
    [InlineData("CONTINUATION without end")]
    [InlineData("many small fields")]
    [InlineData("a table that is named over and over")]
    [InlineData("long heads of few bytes")]
    public async Task A_flood_costs_little_and_others_are_answered_all_the_while(string kind)
    {
        Answer = http => http.Request.Path == "/_ping" ? Task.CompletedTask : Task.Delay(Timeout.Infinite, http.RequestAborted);
        (await Client.CallAsync("GET", "/_ping")).Dispose();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var flood = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { SendTimeout = 500 };
        flood.Connect(new UnixDomainSocketEndPoint(Rig.SocketPath));
        var sending = Task.Run(() => Send(flood, kind), Token);
        do
        {
            using var answer = await Client.CallAsync("GET", "/_ping");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        while (!sending.IsCompleted);

        await sending;

        // What is kept for as long as the flood stays connected, not what is under way at one moment, here or in a test beside this one.
        await Eventually.Async(() => GC.GetTotalMemory(forceFullCollection: true) - before < 48 << 20);
        flood.Dispose();
        await Eventually.Async(() => Rig.Connections.Count == 1);
        Assert.InRange(Seen.Count(call => call.Contains("/kill", StringComparison.Ordinal)), 0, 1);
        Assert.Equal(0, Rig.Faults);
        Assert.DoesNotContain(Rig.Log.Entries, entry => entry.Id == 1101);
    }

    /// <summary>Sends until all is sent, or nobody takes more.</summary>
    private static void Send(Socket socket, string kind)
    {
        try
        {
            socket.Send(Encoding.Latin1.GetBytes(Preface + Settings));
            foreach (var piece in Pieces(kind)) socket.Send(Encoding.Latin1.GetBytes(piece));
        }
        catch (SocketException)
        {
            // It has been cut, or is read no further: the flood reads nothing.
        }
    }

    private static IEnumerable<string> Pieces(string kind)
    {
        const int rounds = 5000, heads = 250;
        var field = $"\x40\u0001a\x7f\xA1\x1E{new string('x', 4000)}";
        return kind switch
        {
            "PING" => Enumerable.Repeat(Frame(Ping, 0, 0, "12345678"), rounds),
            "SETTINGS" => Enumerable.Repeat(Settings, rounds),
            "WINDOW_UPDATE" => Enumerable.Repeat(Frame(WindowUpdate, 0, 0, "\0\0\0\x01"), rounds),
            "PRIORITY" => Enumerable.Repeat(Frame(2, 0, 3, "\0\0\0\0\x10"), rounds),
            "empty DATA" => Enumerable.Repeat(Frame(Data, 0, 1, ""), rounds).Prepend(Frame(Headers, 4, 1, PostHeadBlock)),
            "streams that are reset at once" => Streams(rounds, stream => Frame(Headers, 5, stream, Head) + Reset(stream, 8)),
            "kills that are reset at once" => Streams(rounds / 10, stream => Call(stream, "POST", "/containers/web/kill") + Reset(stream, 8)),
            "CONTINUATION without end" => Enumerable.Repeat(Frame(Continuation, 0, 1, "\0\u0003abc\0"), rounds).Prepend(Frame(Headers, 1, 1, Head)),
            "many small fields" => Enumerable.Repeat(
                Frame(Continuation, 0, 1, string.Concat(Enumerable.Range(0, 1000).Select(number => $"\0\x04{number:0000}\0"))), 100)
                .Prepend(Frame(Headers, 1, 1, Head)),
            "a table that is named over and over" => Enumerable.Repeat(Frame(Continuation, 0, 1, new string('\xBE', 10_000)), 10)
                .Prepend(Frame(Headers, 1, 1, Head + field)),
            _ => Streams(heads, stream => Frame(
                Headers, 5, stream, "\x82\x86\x01\x01x\x04\x02/x" + (stream == 1 ? field : "") + new string('\xBE', 200))),
        };
    }

    private static IEnumerable<string> Streams(int count, Func<int, string> frames) =>
        Enumerable.Range(0, count).Select(number => frames((2 * number) + 1));

    private async Task<string> CallAsync(HttpContent form)
    {
        using var answer = await Client.SendAsync(Http2Client.Request("POST", "/containers/web/kill", form), Token);
        return await answer.Content.ReadAsStringAsync(Token);
    }

    /// <summary>A form that asks for another signal, of which the last byte comes late.</summary>
    private sealed class SlowForm : HttpContent
    {
        private readonly ReadOnlyMemory<byte> _form;
        private readonly Task _release;

        public SlowForm(byte[] form, Task release)
        {
            (_form, _release) = (form, release);
            Headers.ContentType = new("application/x-www-form-urlencoded");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(_form[..^1], cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await _release;
            await stream.WriteAsync(_form[^1..], cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _form.Length;
            return true;
        }
    }
}
