using Microsoft.AspNetCore.Connections;

namespace DockerGuardProxy.Listen;

/// <summary>Kestrel's HTTP layers, for connections that are accepted elsewhere.</summary>
/// <param name="Http1">HTTP/1.1 and 1.0.</param>
/// <param name="Http2">HTTP/2 without TLS, begun by its preface (RFC 9113 3.3).</param>
internal sealed record HttpLayers(ConnectionDelegate Http1, ConnectionDelegate Http2);
