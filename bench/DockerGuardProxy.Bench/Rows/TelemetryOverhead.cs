using DockerGuardProxy.Bench.Load;
using DockerGuardProxy.Bench.Results;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Bench.Rows;

/// <summary>What export of traces and metrics costs a forwarded call.</summary>
internal static class TelemetryOverhead
{
    private const int Connections = 8;
    private const string Without = "without", With = "with OTLP", Ratio = "ratio";
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT", Interval = "OTEL_METRIC_EXPORT_INTERVAL";

    public static async Task<Table> RunAsync(Dockerd engine, BenchSettings settings)
    {
        var table = Tables.OfOne(
            "Telemetry",
            $"`/_ping` on {Connections} connections, requests/s, without export and with OTLP to a real receiver: metrics every second,\n"
            + "and no spans of forwarded calls, as by default.",
            Without, With, Ratio);
        await using var receiver = await AspireDashboard.StartAsync();
        await using var quiet = await Proxy.StartAsync(engine);
        Environment.SetEnvironmentVariable(Endpoint, receiver.Grpc);
        Environment.SetEnvironmentVariable(Interval, "1000");
        await using var telling = await Proxy.StartAsync(engine);
        Environment.SetEnvironmentVariable(Endpoint, null);
        Environment.SetEnvironmentVariable(Interval, null);
        var request = HttpConnection.Get("/_ping");
        for (var round = 0; round < settings.Rounds; round++)
        {
            double without = 0, with = 0;
            foreach (var isFirst in new[] { true, false })
            {
                if (isFirst == (round % 2 == 0)) without = ClosedLoop.Run(quiet.Socket, request, Connections, settings.LoadTime).PerSecond;
                else with = ClosedLoop.Run(telling.Socket, request, Connections, settings.LoadTime).PerSecond;
            }

            table.Add("requests/s", Without, without);
            table.Add("requests/s", With, with);
            table.Add("requests/s", Ratio, with / without);
        }

        return table;
    }
}
