using DockerGuardProxy.Bench.Load;
using DockerGuardProxy.Bench.Results;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Bench.Rows;

/// <summary>What export of traces and metrics costs a forwarded call.</summary>
internal static class TelemetryOverhead
{
    private const int Connections = 8;
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT", Interval = "OTEL_METRIC_EXPORT_INTERVAL";

    private static readonly Pair Both = new("without", "with OTLP");

    public static async Task<Table> RunAsync(Dockerd engine, BenchSettings settings)
    {
        var table = Both.Table(
            "Telemetry",
            $"`/_ping` on {Connections} connections, requests/s, without export and with OTLP to a real receiver: metrics every second,\n"
            + "and no spans of forwarded calls, as by default.");
        await using var receiver = await AspireDashboard.StartAsync();
        await using var quiet = await Proxy.StartAsync(engine);
        Environment.SetEnvironmentVariable(Endpoint, receiver.Grpc);
        Environment.SetEnvironmentVariable(Interval, "1000");
        await using var telling = await Proxy.StartAsync(engine);
        Environment.SetEnvironmentVariable(Endpoint, null);
        Environment.SetEnvironmentVariable(Interval, null);
        var request = HttpConnection.Get("/_ping");
        Both.Measure(table, "requests/s", settings.Rounds, () => PerSecond(quiet), () => PerSecond(telling));
        return table;

        double PerSecond(Proxy proxy) => ClosedLoop.Run(proxy.Socket, request, Connections, settings.LoadTime).PerSecond;
    }
}
