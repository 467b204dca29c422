using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Transparency;

/// <summary>Clients that mean harm cost bounded memory, and others notice nothing.</summary>
public sealed class HostileClientTests
{
    private const long Megabyte = 1 << 20;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Five_thousand_clients_that_never_finish_their_heads_hold_up_nobody()
    {
        await using var engine = await Dockerd.StartAsync();
        await using var proxy = await Proxy.StartAsync(engine);
        await proxy.Api.GetTextAsync("/_ping");
        var (sockets, memory) = (proxy.Daemon.Sockets(), proxy.Daemon.Rss());
        var clients = Enumerable.Range(0, 5000).Select(_ => UnixSocket.Connect(proxy.Socket)).ToList();
        try
        {
            // A byte each, so that every head is begun and none is whole.
            foreach (var part in new[] { "GET /_ping HTTP/1.1\r\n", "H", "o", "s", "t" })
            {
                foreach (var client in clients)
                    client.Send(Encoding.ASCII.GetBytes(part));
                Figures.Record("a call beside 5,000 unfinished heads", await TakeAsync(proxy));
            }

            var growth = proxy.Daemon.Rss() - memory;
            Figures.Record("RSS of 5,000 unfinished heads, MB", growth / Megabyte);
            Assert.True(growth < 96 * Megabyte, $"grew by {growth / Megabyte} MB");

            // Each of them is served once it does finish.
            clients[0].Send(": x\r\n\r\n"u8);
            var answer = new byte[4096];
            clients[0].ReceiveTimeout = (int)Limit.TotalMilliseconds;
            Assert.True(answer.AsSpan(0, clients[0].Receive(answer)).StartsWith("HTTP/1.1 200 OK"u8));
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }

        Assert.NotNull(await Poll.UntilAsync(() => proxy.Daemon.Sockets() <= sockets + 4, Limit));
    }

    [Fact]
    public async Task Ten_thousand_pipelined_calls_are_answered_in_their_order_as_directly()
    {
        const int count = 10_000;
        await using var engine = await Dockerd.StartAsync();
        await using var proxy = await Proxy.StartAsync(engine);
        await engine.Api.GetTextAsync("/_ping");
        var calls = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, count).Select(i =>
            $"GET /containers/none-{i}/json HTTP/1.1\r\nHost: x\r\n\r\n")));
        var memory = proxy.Daemon.Rss();
        var (direct, guarded) = (await BodiesAsync(engine.Socket, calls, count), await BodiesAsync(proxy.Socket, calls, count));
        Assert.Equal(count, direct.Count);
        Assert.Equal(direct, guarded);
        var growth = proxy.Daemon.Rss() - memory;
        Figures.Record("RSS of 10,000 pipelined calls, MB", growth / Megabyte);
        Assert.True(growth < 64 * Megabyte, $"grew by {growth / Megabyte} MB");
    }

    [Fact]
    public async Task A_hundred_heads_without_an_end_cost_a_bounded_memory()
    {
        await using var engine = await Dockerd.StartAsync();
        await using var proxy = await Proxy.StartAsync(engine);
        await proxy.Api.GetTextAsync("/_ping");
        var memory = proxy.Daemon.Rss();
        var ends = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => SendWithoutEnd(proxy.Socket))));
        Figures.Record("bytes of a head without an end, at most", ends.Max());
        Assert.All(ends, sent => Assert.InRange(sent, 1, 16 * Megabyte));
        Figures.Record("call after 100 of them", await TakeAsync(proxy));
        Assert.NotNull(await Poll.UntilAsync(() => proxy.Daemon.Rss() - memory < 192 * Megabyte, Limit));
    }

    /// <summary>How long a call takes that another client makes.</summary>
    private static async Task<TimeSpan> TakeAsync(Proxy proxy)
    {
        var clock = Stopwatch.StartNew();
        await proxy.Api.GetTextAsync("/_ping").WaitAsync(Limit);
        return clock.Elapsed;
    }

    private static async Task<List<string>> BodiesAsync(string socket, byte[] calls, int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var client = await RawClient.ConnectAsync(socket);
        var sending = client.SendAsync(calls);
        var bodies = new List<string>(count);
        while (bodies.Count < count && await client.LineAsync(limit.Token) is { } line)
        {
            if (line.StartsWith("{\"message\"", StringComparison.Ordinal))
                bodies.Add(line);
        }

        await sending;
        return bodies;
    }

    /// <summary>Sends a head until somebody has enough of it.</summary>
    /// <returns>How many bytes went out.</returns>
    private static long SendWithoutEnd(string path)
    {
        using var socket = UnixSocket.Connect(path);
        socket.SendTimeout = (int)Limit.TotalMilliseconds;
        var line = Encoding.ASCII.GetBytes("X-Bomb: " + new string('x', 4000) + "\r\n");
        long sent = socket.Send("GET /_ping HTTP/1.1\r\nHost: x\r\n"u8);
        try
        {
            while (sent < 64 * Megabyte)
                sent += socket.Send(line);
        }
        catch (SocketException)
        {
            // Closed, after 431 or without a word.
        }

        return sent;
    }
}
