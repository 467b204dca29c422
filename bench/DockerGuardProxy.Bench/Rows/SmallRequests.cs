using DockerGuardProxy.Bench.Load;
using DockerGuardProxy.Bench.Peers;
using DockerGuardProxy.Bench.Results;

namespace DockerGuardProxy.Bench.Rows;

/// <summary>Requests that cost the engine little, so that the way to it shows.</summary>
internal static class SmallRequests
{
    private static readonly int[] Connections = [1, 8, 64];

    public static Table Run(Field field, BenchSettings settings)
    {
        var table = Tables.OfPeers(
            "Small requests",
            $"`/_ping` and the `inspect` of one container, {Seconds(settings)} s each. Latency in µs, from the first byte sent to the last one received.",
            settings);
        foreach (var (name, target) in new[] { ("ping", "/_ping"), ("inspect", "/containers/bench/json") })
        {
            foreach (var connections in Connections)
                Load(field, settings, table, $"{name}, {connections} conn.", target, connections);
        }

        return table;
    }

    /// <summary>The list of all containers.</summary>
    public static async Task<Table> RunListAsync(Field field, BenchSettings settings)
    {
        var table = Tables.OfPeers("List", $"`/containers/json?all=1` of {settings.Containers} containers, one connection.", settings);
        var missing = settings.Containers - (await field.Engine.Api.GetAsync("/containers/json?all=1")).GetArrayLength();
        for (var i = 0; i < missing; i++) await field.Engine.Api.CreateAsync($"listed-{i}", ["true"]);
        Load(field, settings, table, "list", "/containers/json?all=1", 1);
        return table;
    }

    private static void Load(Field field, BenchSettings settings, Table table, string row, string target, int connections)
    {
        var request = HttpConnection.Get(target);
        foreach (var peer in field.Interleaved(settings.Rounds))
        {
            var result = ClosedLoop.Run(peer.Socket, request, connections, settings.LoadTime);
            table.Add($"{row}: requests/s", peer.Name, result.PerSecond);
            table.Add($"{row}: mean", peer.Name, result.Mean);
            table.Add($"{row}: p50", peer.Name, result.Percentile(50));
            table.Add($"{row}: p99", peer.Name, result.Percentile(99));
            table.Add($"{row}: p99.9", peer.Name, result.Percentile(99.9));
        }
    }

    private static string Seconds(BenchSettings settings) =>
        settings.LoadTime.TotalSeconds.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture);
}
