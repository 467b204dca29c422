using System.Net;
using System.Net.Sockets;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Telemetry;
using DockerGuardProxy.Tests.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Telemetry;

public sealed class TelemetryPipelineTests
{
    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task A_collector_that_refuses_costs_one_line(string protocol)
    {
        var log = new RecordingLogger();
        var port = FreePort();
        await ExportAsync(log, $"http://127.0.0.1:{port}", protocol, exports: 3);
        Assert.StartsWith("Telemetry is not exported; calls are guarded all the same.", Assert.Single(log.Texts(1400)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_that_answers_nonsense_costs_one_line()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeNonsenseAsync(listener);
        var log = new RecordingLogger();
        await ExportAsync(log, $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", "http/protobuf", exports: 2);
        Assert.Single(log.Texts(1400));
        listener.Stop();
        await serving;
    }

    private static async Task ExportAsync(RecordingLogger log, string endpoint, string protocol, int exports)
    {
        using var services = new ServiceCollection().BuildServiceProvider();
        using var loggers = new LoggerFactory([new Provider(log)]);
        using var instrumentation = new Instrumentation();
        var options = new TelemetryOptions(endpoint, protocol == "grpc" ? OtlpProtocol.Grpc : OtlpProtocol.HttpProtobuf, 0);
        using var pipeline = new TelemetryPipeline(
            new ExportOptions(options, _ => null), new FakeTimeProvider(), services, loggers.CreateLogger<TelemetryPipeline>());
        for (var i = 0; i < exports; i++)
        {
            instrumentation.Spans.StartActivity("stop")?.Dispose();
            pipeline.Flush();
        }

        await pipeline.StopAsync(TestContext.Current.CancellationToken);
    }

    private static async Task ServeNonsenseAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
                await client.GetStream().WriteAsync("nonsense\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            }
        }
        catch (SocketException)
        {
            // Stopped.
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Provider(RecordingLogger log) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
        }
    }
}
