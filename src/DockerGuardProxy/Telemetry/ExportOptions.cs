using DockerGuardProxy.Configuration;
using OpenTelemetry.Exporter;

namespace DockerGuardProxy.Telemetry;

/// <summary>
/// Where OTLP goes: to the endpoint of the configuration, or else where the standard OTEL_* variables say; nowhere if neither names one.
/// </summary>
/// <param name="Configured">The configuration's telemetry section.</param>
/// <param name="Environment">Reads an environment variable.</param>
internal sealed record ExportOptions(TelemetryOptions Configured, Func<string, string?> Environment)
{
    /// <summary>Spans are exported.</summary>
    public bool ExportsTraces => Exports("TRACES");

    /// <summary>Measurements are pushed; whether they can be scraped is another matter.</summary>
    public bool ExportsMetrics => Exports("METRICS");

    /// <summary>Sets the endpoint of one signal, where the configuration names one; the SDK itself reads the variables.</summary>
    /// <param name="exporter">What to set.</param>
    /// <param name="path">The signal's path below the endpoint, for http/protobuf (OTLP specification, "OTLP/HTTP Request").</param>
    public void Apply(OtlpExporterOptions exporter, string path)
    {
        if (Configured.OtlpEndpoint.Length == 0)
            return;
        var isHttp = Configured.OtlpProtocol == OtlpProtocol.HttpProtobuf;
        exporter.Protocol = isHttp ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        exporter.Endpoint = new Uri(isHttp ? Configured.OtlpEndpoint.TrimEnd('/') + path : Configured.OtlpEndpoint);
    }

    private bool Exports(string signal)
    {
        if (string.Equals(Environment("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
            return false;
        return Configured.OtlpEndpoint.Length > 0
            || !string.IsNullOrEmpty(Environment("OTEL_EXPORTER_OTLP_ENDPOINT"))
            || !string.IsNullOrEmpty(Environment($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"));
    }
}
