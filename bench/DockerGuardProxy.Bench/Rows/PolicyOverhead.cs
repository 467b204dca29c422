using DockerGuardProxy.Bench.Load;
using DockerGuardProxy.Bench.Results;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Bench.Rows;

/// <summary>What the policies beside the guard of terminating calls cost a call of a healthy container.</summary>
internal static class PolicyOverhead
{
    private const string Off =
        """{ "policies": { "lock": { "mode": "off" }, "stats": { "mode": "off" }, "streams": { "mode": "off" }, "transfers": { "mode": "off" } } }""";

    private static readonly Pair Both = new("policies off", "as by default");
    private static readonly int[] Connections = [1, 8];

    public static async Task<Table> RunAsync(Dockerd engine, BenchSettings settings)
    {
        var table = Both.Table(
            "Policies", "The `inspect` of one container, mean latency in µs, with `lock`, `stats`, `streams` and `transfers` off and as by default.");
        await using var off = await Proxy.StartAsync(engine, Off);
        await using var on = await Proxy.StartAsync(engine);
        var request = HttpConnection.Get("/containers/bench/json");
        foreach (var connections in Connections)
        {
            // More rounds than elsewhere: a few per cent are asked for, and one round alone differs by more.
            Both.Measure(
                table, $"inspect, {connections} conn.: mean", 3 * settings.Rounds, () => Mean(off, connections), () => Mean(on, connections));
        }

        return table;

        double Mean(Proxy proxy, int connections) => ClosedLoop.Run(proxy.Socket, request, connections, settings.LoadTime).Mean;
    }
}
