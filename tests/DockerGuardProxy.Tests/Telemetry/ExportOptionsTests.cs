using DockerGuardProxy.Configuration;
using DockerGuardProxy.Telemetry;
using OpenTelemetry.Exporter;
using Xunit;

namespace DockerGuardProxy.Tests.Telemetry;

public sealed class ExportOptionsTests
{
    [Theory]
    [InlineData("", null, null, false, false)]
    [InlineData("http://c:4317", null, null, true, true)]
    [InlineData("", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://c", true, true)]
    [InlineData("", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c", true, false)]
    [InlineData("", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://c", false, true)]
    [InlineData("http://c:4317", "OTEL_SDK_DISABLED", "True", false, false)]
    public void Nothing_is_exported_unless_somebody_says_where_to(string endpoint, string? variable, string? value, bool traces, bool metrics)
    {
        var options = new ExportOptions(TelemetryOptions.Default with { OtlpEndpoint = endpoint }, name => name == variable ? value : null);
        Assert.Equal((traces, metrics), (options.ExportsTraces, options.ExportsMetrics));
    }

    [Theory]
    [InlineData("", "OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "OTEL_EXPORTER_OTLP_ENDPOINT", false, false)]
    [InlineData("", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "not a URL", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", false, false)]
    [InlineData("", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://c", null, true, true)]
    [InlineData("http://c:4317", "OTEL_EXPORTER_OTLP_ENDPOINT", "not a URL", null, true, true)]
    public void An_endpoint_that_is_no_URI_is_told_and_nothing_goes_there(
        string endpoint, string variable, string value, string? told, bool traces, bool metrics)
    {
        var options = new ExportOptions(TelemetryOptions.Default with { OtlpEndpoint = endpoint }, name => name == variable ? value : null);
        Assert.Equal((told, traces, metrics), (options.NotAnEndpoint, options.ExportsTraces, options.ExportsMetrics));
    }

    [Theory]
    [InlineData("http://c:4317", OtlpProtocol.Grpc, OtlpExportProtocol.Grpc, "http://c:4317/")]
    [InlineData("http://c:4318", OtlpProtocol.HttpProtobuf, OtlpExportProtocol.HttpProtobuf, "http://c:4318/v1/traces")]
    [InlineData("https://c/otlp/", OtlpProtocol.HttpProtobuf, OtlpExportProtocol.HttpProtobuf, "https://c/otlp/v1/traces")]
    internal void The_configured_endpoint_and_protocol_count(string endpoint, OtlpProtocol protocol, OtlpExportProtocol expected, string target)
    {
        var exporter = new OtlpExporterOptions();
        new ExportOptions(new TelemetryOptions(endpoint, protocol, 0), _ => null).Apply(exporter, "/v1/traces");
        Assert.Equal((expected, target), (exporter.Protocol, exporter.Endpoint.ToString()));
    }
}
