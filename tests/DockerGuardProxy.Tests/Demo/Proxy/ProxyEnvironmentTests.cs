using DockerGuardProxy.Demo.Proxy;
using Xunit;

namespace DockerGuardProxy.Tests.Demo.Proxy;

public sealed class ProxyEnvironmentTests
{
    [Fact]
    public void What_a_program_needs_is_passed_and_nothing_else()
    {
        var environment = new Dictionary<string, string?>
        {
            ["PATH"] = "/bin",
            ["TMPDIR"] = "/var/tmp",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://collector:4317",
            ["RUNTIME_DIRECTORY"] = "/run/docker-guard-proxy",
            ["STATE_DIRECTORY"] = "/var/lib/docker-guard-proxy",
            ["NOTIFY_SOCKET"] = "/run/systemd/notify",
            ["LISTEN_FDS"] = "1",
            ["DOCKER_GUARD_PROXY__GUARD__MODE"] = "off",
            ["DOTNET_STARTUP_HOOKS"] = "/their/hook.dll",
        };
        ProxyEnvironment.Clean(environment);
        Assert.Equal(["DOTNET_EnableDiagnostics", "PATH", "TMPDIR"], environment.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("0", environment["DOTNET_EnableDiagnostics"]);
    }
}
