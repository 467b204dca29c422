using DockerGuardProxy.Configuration;
using Xunit;

namespace DockerGuardProxy.Tests.Configuration;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("http://127.0.0.1:4317", "http://127.0.0.1:4317")]
    [InlineData("http://[::1]:4317/", "http://[::1]:4317")]
    [InlineData("https://otlp.example:443/v1/sesame", "https://otlp.example:443/REDACTED")]
    [InlineData("https://otlp.example?key=sesame", "https://otlp.example:443/REDACTED")]
    [InlineData("https://otlp.example/#sesame", "https://otlp.example:443/REDACTED")]
    [InlineData("https://me:sesame@otlp.example", "https://otlp.example:443")]
    [InlineData("sesame", "REDACTED")]
    public void Of_an_endpoint_the_host_is_left(string endpoint, string shown) => Assert.Equal(shown, Redaction.Endpoint(endpoint));

    [Theory]
    [InlineData("nfs server:/export at 10:12", "nfs server:/export at 10:12")]
    [InlineData("\"ftp://me:sesame@host/x\" is not an http URI", "\"ftp://REDACTED@host/x\" is not an http URI")]
    [InlineData("fuse.dav https://h/x?token=sesame&b=1 and http://h?sesame", "fuse.dav https://h/x?REDACTED and http://h?REDACTED")]
    public void Of_any_text_the_credentials_of_its_uris_are_taken_out(string text, string shown) => Assert.Equal(shown, Redaction.Text(text));

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_HEADERS", "Authorization=sesame", "REDACTED")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "x=sesame", "REDACTED")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES", "key=sesame", "REDACTED")]
    [InlineData("OTEL_EXPORTER_OTLP_CLIENT_KEY", "/etc/sesame.pem", "REDACTED")]
    [InlineData("OTEL_OF_TOMORROW", "sesame", "REDACTED")]
    [InlineData("DOCKER_GUARD_PROXY__TELEMETRY__OTLP__ENDPOINT", "http://h/sesame", "http://h:80/REDACTED")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://h:4318/sesame", "http://h:4318/REDACTED")]
    [InlineData("https_proxy", "http://me:sesame@proxy:3128", "http://proxy:3128")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "grpc")]
    [InlineData("OTEL_BSP_MAX_QUEUE_SIZE", "2048", "2048")]
    [InlineData("OTEL_SDK_DISABLED", "true", "true")]
    public void Of_a_variable_only_what_can_be_no_secret_is_shown(string name, string value, string shown) =>
        Assert.Equal(shown, Redaction.Variable(name, value));
}
