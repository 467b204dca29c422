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
    private static readonly string[] Signals = ["TRACES", "METRICS"];

    /// <summary>Spans are exported.</summary>
    public bool ExportsTraces => Exports("TRACES");

    /// <summary>Measurements are pushed; whether they can be scraped is another matter.</summary>
    public bool ExportsMetrics => Exports("METRICS");

    /// <summary>
    /// A variable that should name an endpoint and does not; null if all is well. The SDK itself would fall back to its own default, where a
    /// stranger may listen.
    /// </summary>
    public string? NotAnEndpoint => IsDisabled || Configured.OtlpEndpoint.Length > 0
        ? null
        : Signals.Select(Variable).FirstOrDefault(name => name is not null && !IsUri(name));

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

    private bool IsDisabled => string.Equals(Environment("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase);

    private bool Exports(string signal) => !IsDisabled && (Configured.OtlpEndpoint.Length > 0 || (Variable(signal) is { } name && IsUri(name)));

    // The more special one counts (OpenTelemetry specification, "OpenTelemetry Protocol Exporter").
    private string? Variable(string signal) =>
        new[] { $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT" }.FirstOrDefault(
            name => !string.IsNullOrEmpty(Environment(name)));

    private bool IsUri(string name) => Uri.TryCreate(Environment(name), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}
