using DockerGuardProxy.Bench.Load;
using DockerGuardProxy.Bench.Peers;
using DockerGuardProxy.Bench.Results;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Bench.Rows;

/// <summary>Memory over a long load, and the CPU time of a request.</summary>
internal static class MillionRequests
{
    private const int Connections = 8;

    public static async Task<Table> RunAsync(Dockerd engine, BenchSettings settings)
    {
        var table = Tables.OfPeers(
            "Memory and CPU",
            $"{settings.Requests:#,0} `/_ping` on {Connections} connections through a new process; CPU time of the proxy alone, user and system.",
            settings);
        await MeasureAsync(await OtherProxy.HaProxyAsync(Field.HaProxy, "close", engine));
        await MeasureAsync(await OtherProxy.GoAsync(Field.Go, engine));
        foreach (var (name, file) in Field.Builds(settings))
        {
            await using var proxy = await Field.StartAsync(engine, file);
            await RowsAsync(new Peer(name, proxy.Socket, proxy.Daemon));
        }

        return table;

        async Task MeasureAsync(OtherProxy other)
        {
            await using (other) await RowsAsync(other.Peer);
        }

        async Task RowsAsync(Peer peer)
        {
            await Task.Delay(settings.Settle);
            table.Add("RSS idle, MB", peer.Name, Megabytes(peer));
            var before = peer.CpuSeconds();
            var request = HttpConnection.Get("/_ping");

            // In four parts: flat means that the last is no more than those before.
            for (var part = 1; part <= 4; part++)
            {
                ClosedLoop.Run(peer.Socket, request, Connections, TimeSpan.FromMinutes(10), settings.Requests / 4);
                table.Add($"RSS after {settings.Requests / 4 * part:#,0}, MB", peer.Name, Megabytes(peer));
            }

            table.Add("CPU s per 100,000 requests", peer.Name, (peer.CpuSeconds() - before) * 100_000 / settings.Requests);
        }
    }

    private static double Megabytes(Peer peer) => peer.Daemon.Rss() / 1e6;
}
