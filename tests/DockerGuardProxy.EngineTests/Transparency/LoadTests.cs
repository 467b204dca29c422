using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Transparency;

/// <summary>Many clients, long streams, big bodies: nothing is left behind, nothing grows.</summary>
public sealed class LoadTests
{
    private const long Megabyte = 1 << 20;

    [Theory]
    [InlineData(Dockerd.Installed)]
    [InlineData(Dockerd.Leaky)]
    [InlineData(Dockerd.Newer)]
    [InlineData(Dockerd.Newest)]
    public async Task Five_hundred_streams_dropped_by_their_clients_leave_nothing(string version)
    {
        await using var engine = await Dockerd.StartAsync(version);
        await using var proxy = await Proxy.StartAsync(engine);
        await engine.Api.RunAsync("quiet", ["sleep", "100000"], new() { ["OpenStdin"] = true });
        // An engine ends an attach whose client has gone only with the container (measured: on its own socket too), so those
        // have a container of their own, which ends as they do.
        await engine.Api.RunAsync("attached", ["sleep", "100000"], new() { ["OpenStdin"] = true });
        string[] requests =
        [
            "GET /events HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /containers/quiet/logs?stdout=1&follow=1 HTTP/1.1\r\nHost: x\r\n\r\n",
            "POST /containers/quiet/wait HTTP/1.1\r\nHost: x\r\n\r\n",
            "POST /containers/attached/attach?stream=1&stdout=1&stdin=1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n",
        ];
        await proxy.Api.GetTextAsync("/_ping");
        // One round to warm both up: pools, threads, the first log reader.
        await OpenAndDropAsync(proxy.Socket, requests, 20, TimeSpan.FromSeconds(1));
        await Task.Delay(2000);
        // Sockets, for the JIT still opens assemblies as it goes.
        var (goroutines, descriptors, own) = (await engine.GoroutinesAsync(), await engine.DescriptorsInUseAsync(), proxy.Daemon.Sockets());

        var opened = 0;
        await OpenAndDropAsync(proxy.Socket, requests, 500, TimeSpan.FromSeconds(Machine.LongForm ? 60 : 10), () =>
        {
            opened = engine.Descriptors();
            Figures.Record($"{version}: RSS with 500 streams, MB", proxy.Daemon.Rss() / Megabyte);
        });
        Assert.True(opened >= descriptors + 500, $"only {opened - descriptors} of 500 streams reached the engine");

        await engine.Api.RemoveAsync("attached");
        var ours = await Poll.UntilAsync(() => proxy.Daemon.Sockets() <= own + 4, TimeSpan.FromSeconds(60));
        var theirs = await Poll.UntilAsync(async () => await engine.DescriptorsInUseAsync() <= descriptors + 4, TimeSpan.FromSeconds(60));
        var tasks = await Poll.UntilAsync(async () => await engine.GoroutinesAsync() <= goroutines + 8, TimeSpan.FromSeconds(60));
        Assert.True(ours is not null, $"proxy's sockets {own} before, {proxy.Daemon.Sockets()} after");
        Assert.True(theirs is not null, $"engine descriptors {descriptors} before, {engine.Descriptors()} after");
        Assert.True(tasks is not null, $"goroutines {goroutines} before, {await engine.GoroutinesAsync()} after");
        Figures.Record($"{version}: 500 streams dropped, proxy's sockets back", ours.Value);
        Figures.Record($"{version}: 500 streams dropped, engine's descriptors back", ours.Value + theirs.Value);
        Figures.Record($"{version}: 500 streams dropped, engine's goroutines back", ours.Value + theirs.Value + tasks.Value);
    }

    [Fact]
    public async Task A_gibibyte_goes_both_ways_in_flat_memory()
    {
        await using var engine = await Dockerd.StartAsync();
        await using var proxy = await Proxy.StartAsync(engine);
        await engine.Api.CreateAsync("big", ["true"]);
        const string script = """
            set -e -o pipefail
            mkdir -p "$1"; cd "$1"
            truncate -s 1G zero
            tar -c zero | docker -H "unix://$2" cp - big:/root
            docker -H "unix://$2" cp big:/root/zero - | tar -xO | cmp - zero
            docker -H "unix://$2" commit big big:1 >/dev/null
            docker -H "unix://$2" save big:1 | docker -H "unix://$2" load
            rm zero
            """;
        var clock = Stopwatch.StartNew();
        var result = await Command.RunAsync(["bash", "-c", script, "big", Machine.NewPath("big"), proxy.Socket], limit: TimeSpan.FromMinutes(8));
        Assert.True(result.ExitCode == 0, result.Error);
        Figures.Record("1 GiB up, down, saved and loaded", clock.Elapsed);
        Figures.Record("most RSS meanwhile, MB", proxy.Daemon.PeakRss() / Megabyte);
        // The aim is the published native file's; a JIT needs about 70 MB more for itself.
        Assert.InRange(proxy.Daemon.PeakRss(), 0, (Proxy.Published ? 100 : 200) * Megabyte);
    }

    [Theory]
    [InlineData(false)]
    // Stopped, it takes net.core.somaxconn (4,096) connections into its backlog and no more.
    [InlineData(true)]
    public async Task Of_five_thousand_clients_at_once_none_is_refused(bool backlogIsFull)
    {
        await using var engine = await Dockerd.StartAsync();
        await using var proxy = await Proxy.StartAsync(engine);
        await proxy.Api.GetTextAsync("/_ping");
        var clock = Stopwatch.StartNew();
        var failed = 0;
        using var start = new ManualResetEventSlim();
        // Real threads with blocking connects, as clients have: a full backlog makes them wait in the kernel.
        var threads = Enumerable.Range(0, 100).Select(_ => new Thread(() =>
        {
            start.Wait();
            var sockets = new List<Socket>();
            for (var i = 0; i < 50; i++)
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 60_000 };
                sockets.Add(socket);
                try
                {
                    socket.Connect(new UnixDomainSocketEndPoint(proxy.Socket));
                    socket.Send("GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n"u8);
                }
                catch (SocketException)
                {
                    Interlocked.Increment(ref failed);
                }
            }

            var buffer = new byte[4096];
            foreach (var socket in sockets.Where(s => s.Connected))
            {
                try
                {
                    if (!Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer)).StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
                        Interlocked.Increment(ref failed);
                }
                catch (SocketException)
                {
                    Interlocked.Increment(ref failed);
                }
            }

            sockets.ForEach(s => s.Dispose());
        })).ToList();
        threads.ForEach(t => t.Start());
        if (backlogIsFull) engine.Daemon.Signal(19);
        start.Set();
        if (backlogIsFull)
        {
            await Task.Delay(3000);
            engine.Daemon.Signal(18);
        }

        threads.ForEach(t => t.Join());
        Figures.Record("5,000 clients at once", clock.Elapsed);
        Figures.Record("RSS after 5,000 clients, MB", proxy.Daemon.Rss() / Megabyte);
        Assert.Equal(0, failed);
    }

    [Fact]
    public async Task What_five_thousand_clients_took_is_handed_back_within_a_minute()
    {
        await using var engine = await Dockerd.StartAsync();
        await using var proxy = await Proxy.StartAsync(engine);
        await proxy.Api.GetTextAsync("/_ping");
        for (var round = 1; round <= 2; round++)
        {
            var before = proxy.Daemon.Rss();
            var clock = Stopwatch.StartNew();
            var clients = await Task.WhenAll(Enumerable.Range(0, 5000).Select(_ => CallAsync(proxy.Socket)));
            Figures.Record($"round {round}: 5,000 clients, each answered", clock.Elapsed);
            var most = proxy.Daemon.Rss();
            foreach (var client in clients)
                client.Dispose();

            // The aim is the published native file's; a JIT needs about 70 MB more for itself.
            var back = await Poll.UntilAsync(
                () => proxy.Daemon.Rss() < (Proxy.Published ? 60 : 130) * Megabyte, TimeSpan.FromSeconds(60), everyMs: 500);
            Figures.Record($"round {round}: RSS before, with 5,000 clients, after they have left, MB",
                $"{before / Megabyte}, {most / Megabyte}, {proxy.Daemon.Rss() / Megabyte}");
            Assert.True(back is not null, $"RSS {before / Megabyte} MB before, {most / Megabyte} MB with 5,000 clients, {proxy.Daemon.Rss() / Megabyte} MB a minute after");
            Figures.Record($"round {round}: 5,000 clients left until their memory was handed back", back.Value);
        }
    }

    [Fact]
    public async Task A_client_that_never_reads_holds_up_nobody_and_no_memory()
    {
        await using var engine = await Dockerd.StartAsync();
        await using var proxy = await Proxy.StartAsync(engine);
        await engine.Api.RunAsync("noisy", ["sh", "-c", "head -c 300000000 /dev/zero | tr '\\0' '\\n'; sleep 1000"], new()
        {
            ["HostConfig"] = new { LogConfig = new { Type = "json-file", Config = new Dictionary<string, string> { ["max-size"] = "5m" } } },
        });
        await proxy.Api.GetTextAsync("/_ping");
        var descriptors = engine.Descriptors();
        var clients = new List<RawClient>();
        for (var i = 0; i < 20; i++)
        {
            var client = await RawClient.ConnectAsync(proxy.Socket);
            await client.SendAsync(i % 2 == 0
                ? "GET /containers/noisy/archive?path=/bin HTTP/1.1\r\nHost: x\r\n\r\n"
                : "GET /containers/noisy/logs?stdout=1&follow=1 HTTP/1.1\r\nHost: x\r\n\r\n");
            clients.Add(client);
        }

        for (var i = 0; i < 20; i++)
        {
            var clock = Stopwatch.StartNew();
            Assert.Equal("OK", await proxy.Api.GetTextAsync("/_ping"));
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
            await Task.Delay(200);
        }

        Figures.Record("most RSS with 20 clients that never read, MB", proxy.Daemon.PeakRss() / Megabyte);
        Assert.InRange(proxy.Daemon.PeakRss(), 0, 150 * Megabyte);
        clients.ForEach(c => c.Dispose());
        var back = await Poll.UntilAsync(() => engine.Descriptors() <= descriptors + 4, TimeSpan.FromSeconds(30));
        Assert.True(back is not null, $"engine descriptors {descriptors} before, {engine.Descriptors()} after");
        Figures.Record("20 clients that never read dropped, engine's descriptors back", back.Value);
    }

    private static async Task<RawClient> CallAsync(string socket)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var client = await RawClient.ConnectAsync(socket);
        await client.SendAsync("GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Equal("HTTP/1.1 200 OK", await client.LineAsync(limit.Token));
        return client;
    }

    /// <summary>Reads each stream's head, keeps it open, closes it without a word.</summary>
    private static async Task OpenAndDropAsync(string socket, string[] requests, int count, TimeSpan idle, Action? whileOpen = null)
    {
        var clients = new List<RawClient>();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (var i = 0; i < count; i++)
        {
            var client = await RawClient.ConnectAsync(socket);
            clients.Add(client);
            await client.SendAsync(requests[i % requests.Length]);
            Assert.NotNull(await client.LineAsync(limit.Token));
        }

        await Task.Delay(idle);
        whileOpen?.Invoke();
        clients.ForEach(c => c.Dispose());
    }
}
