namespace DockerGuardProxy.Configuration;

/// <summary>The wire formats of OTLP that the exporter speaks, named as in OTEL_EXPORTER_OTLP_PROTOCOL.</summary>
internal enum OtlpProtocol
{
    /// <summary><c>grpc</c>.</summary>
    Grpc,

    /// <summary><c>http/protobuf</c>.</summary>
    HttpProtobuf,
}
