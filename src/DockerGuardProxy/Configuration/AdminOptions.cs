namespace DockerGuardProxy.Configuration;

/// <summary>The operator's side of the daemon. A change needs a restart.</summary>
/// <param name="Path">Absolute path of the admin socket; empty for none.</param>
/// <param name="Metrics">Address and port for Prometheus (<c>127.0.0.1:9417</c>); empty for none.</param>
internal sealed record AdminOptions(string Path, string Metrics)
{
    public static AdminOptions Default { get; } = new("/run/docker-guard-proxy/admin.sock", Metrics: "");
}
