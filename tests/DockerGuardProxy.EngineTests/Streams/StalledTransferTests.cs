using System.Diagnostics;
using System.Formats.Tar;
using System.Net.Sockets;
using System.Text;
using DockerGuardProxy.EngineTests.Guard;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Streams;

/// <summary>Archive transfers that their client has left lying, and a reader of events that has.</summary>
public sealed class StalledTransferTests(Laboratory laboratory)
{
    /// <summary>An old and the newest engine; all in the long form, as each takes a minute.</summary>
    public static TheoryData<string> Versions => Machine.LongForm ? EngineVersions.All : [Dockerd.Leaky, Dockerd.Newest];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_transfer_left_lying_is_named_and_cut_only_while_others_wait_for_the_lock(string version)
    {
        var (engine, _) = await laboratory.BenchAsync(version);
        await using var proxy = await Proxy.StartAsync(engine, """{ "policies": { "transfers": { "mode": "enforce", "stall": "15s" } } }""");
        await proxy.ReadyAsync();
        var lying = await BigFile.RunAsync(engine, "lying");
        var slow = await BigFile.RunAsync(engine, "slow");
        var upload = await engine.Api.RunAsync("upload", ["sleep", "10000"]);
        using var download = await AskAsync(proxy, $"GET /containers/{lying}/{BigFile.Query} HTTP/1.1\r\nHost: docker\r\n\r\n");
        using var slowly = await AskAsync(proxy, $"GET /containers/{slow}/{BigFile.Query} HTTP/1.1\r\nHost: docker\r\n\r\n");
        var archive = Archive();
        using var into = await AskAsync(
            proxy,
            $"PUT /containers/{upload}/archive?path=/tmp HTTP/1.1\r\nHost: docker\r\nTransfer-Encoding: chunked\r\n\r\n{archive.Length:x}\r\n");
        await into.SendAsync(archive.AsMemory(0, 8000));
        using var reading = new CancellationTokenSource();
        var pace = ReadSlowlyAsync(slowly, reading.Token);

        var named = await proxy.BecomesAsync(
            status => status.Streams!.Count(stream => stream.Operation is "download" or "upload") == 2, TimeSpan.FromSeconds(30));
        Assert.NotNull(named);
        var streams = (await proxy.StatusAsync()).Streams!;
        Assert.Equal([lying, upload], streams.Select(stream => stream.ContainerId).Order().Order(Comparer<string?>.Create(
            (a, b) => (a == upload).CompareTo(b == upload))));
        Assert.All(streams, stream => Assert.Equal(Environment.ProcessId, stream.Pid));

        // Nobody waits: a slow copy harms nobody.
        await Task.Delay(TimeSpan.FromSeconds(20));
        Assert.All((await proxy.StatusAsync()).Streams!, stream => Assert.False(stream.Cut));

        // Somebody does, for each.
        var clock = Stopwatch.StartNew();
        var inspects = new[] { lying, upload }.Select(id => proxy.Api.GetTextAsync($"/containers/{id}/json")).ToArray();
        var held = proxy.Api.GetTextAsync($"/containers/{slow}/json");
        await Task.WhenAll(inspects).WaitAsync(TimeSpan.FromSeconds(20));
        Figures.Record($"{version}: inspect of a container whose transfer lies until it is answered", clock.Elapsed);
        await Task.Delay(TimeSpan.FromSeconds(20));
        Assert.False(held.IsCompleted, "the slow one does not hold its lock");
        await reading.CancelAsync();
        var moved = await pace;
        Assert.True(moved > 0);
        slowly.Dispose();
        await held.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_reader_of_events_that_stalls_is_named()
    {
        var (engine, found) = await laboratory.BenchAsync();
        var proxy = found!;
        await proxy.ReadyAsync();
        var body = new Dictionary<string, object> { ["Labels"] = new Dictionary<string, string> { ["x"] = new('y', 8000) } };
        var id = await engine.Api.CreateAsync("labelled", ["true"], body);
        using var events = await AskAsync(proxy, "GET /events HTTP/1.1\r\nHost: docker\r\n\r\n");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RenameAsync(engine, id, 40)));
        Assert.NotNull(await proxy.BecomesAsync(
            status => status.Streams!.Any(stream => stream.Operation == "events" && stream.Pid == Environment.ProcessId && stream.UnreadBytes > 0),
            TimeSpan.FromSeconds(40)));
        events.Dispose();
        Assert.NotNull(await proxy.BecomesAsync(status => status.Streams!.Count == 0, TimeSpan.FromSeconds(10)));
    }

    /// <summary>One file of 64 KB.</summary>
    private static byte[] Archive()
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, leaveOpen: true))
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "file") { DataStream = new MemoryStream(new byte[64 * 1024]) });
        return bytes.ToArray();
    }

    private static async Task RenameAsync(Dockerd engine, string id, int times)
    {
        for (var i = 0; i < times; i++) await engine.Api.PostAsync($"/containers/{id}/rename?name=renamed-{Guid.NewGuid():N}");
    }

    private static async Task<Socket> AskAsync(Proxy proxy, string request)
    {
        var socket = UnixSocket.Connect(proxy.Socket);
        await socket.SendAsync(Encoding.Latin1.GetBytes(request));
        return socket;
    }

    /// <summary>500 bytes a second.</summary>
    private static async Task<long> ReadSlowlyAsync(Socket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[250];
        long moved = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            var got = await socket.ReceiveAsync(buffer, CancellationToken.None);
            if (got == 0) return -moved;
            moved += got;
            await Task.Delay(500, CancellationToken.None);
        }

        return moved;
    }
}
