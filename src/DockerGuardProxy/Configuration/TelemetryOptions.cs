namespace DockerGuardProxy.Configuration;

/// <summary>Where traces and metrics go. A change needs a restart: OpenTelemetry's exporters are built once.</summary>
/// <param name="OtlpEndpoint">Absolute http or https URI; empty leaves it to the standard OTEL_* variables.</param>
/// <param name="OtlpProtocol">The wire format.</param>
/// <param name="ForwardedRatio">The part of the plainly forwarded calls whose spans are exported, from 0 to 1; all others always are.</param>
internal sealed record TelemetryOptions(string OtlpEndpoint, OtlpProtocol OtlpProtocol, double ForwardedRatio)
{
    public static TelemetryOptions Default { get; } = new(OtlpEndpoint: "", OtlpProtocol.Grpc, ForwardedRatio: 0);
}

/// <summary>The wire formats of OTLP that the exporter speaks, named as in OTEL_EXPORTER_OTLP_PROTOCOL.</summary>
internal enum OtlpProtocol
{
    /// <summary><c>grpc</c>.</summary>
    Grpc,

    /// <summary><c>http/protobuf</c>.</summary>
    HttpProtobuf,
}
