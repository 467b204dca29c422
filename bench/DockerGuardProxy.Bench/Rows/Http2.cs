using System.Diagnostics;
using DockerGuardProxy.Bench.Peers;
using DockerGuardProxy.Bench.Results;
using DockerGuardProxy.EngineTests.Fuzz;
using DockerGuardProxy.EngineTests.Http2;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Bench.Rows;

/// <summary>Small requests in HTTP/2, which no engine of this machine's packages speaks: a server of Go's net/http stands for one.</summary>
internal static class Http2
{
    private const int Streams = 64;

    public static async Task<Table> RunAsync(BenchSettings settings)
    {
        var table = Tables.OfPair(
            "HTTP/2", $"`/_ping` of a Go server that speaks HTTP/2 on its Unix socket, one connection, {Streams} streams at a time.");
        using var engine = await GoEngine.StartAsync("1.24", "h2c");
        await using var proxy = await Proxy.StartAsync(engine.SocketPath, engine.SocketPath + ".pid");
        for (var round = 0; round < settings.Rounds; round++)
        {
            table.Add("requests/s", Field.Direct, await LoadAsync(engine.SocketPath, settings.LoadTime));
            table.Add("requests/s", Field.Own, await LoadAsync(proxy.Socket, settings.LoadTime));
        }

        return table;
    }

    /// <returns>Requests a second.</returns>
    private static async Task<double> LoadAsync(string socket, TimeSpan time)
    {
        using var client = Http2Client.To(socket);
        await AskAsync(client);
        var count = 0;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => Task.Run(async () =>
        {
            while (clock.Elapsed < time)
            {
                await AskAsync(client);
                Interlocked.Increment(ref count);
            }
        })));
        return count / clock.Elapsed.TotalSeconds;
    }

    private static async Task AskAsync(HttpMessageInvoker client)
    {
        using var answer = await client.SendAsync(Http2Client.Request("GET", "/_ping"), CancellationToken.None);
        if ((int)answer.StatusCode >= 500) throw new InvalidOperationException($"/_ping in HTTP/2: {answer.StatusCode}");
        await answer.Content.ReadAsByteArrayAsync();
    }
}
